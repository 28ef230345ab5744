import * as z from 'zod';
import { parsedJson } from '#kit/text/json.ts';
import { serialColumn } from '../file/columns.ts';
import { rawLineName } from '../file/read-row.ts';
import { counties } from '../publication/counties.ts';
import type { Cells, Change, FoundProblem, ProblemPlace } from './ports.ts';
import { unknownColumns } from './ragged-row.ts';
import { RefusedFileError } from './refused-file.ts';

/** Of the problem rows' document: not the deal's, so nothing to correct. */
export const countyName = '縣市';
export const lineName = '行號';
const messageName = 'error_message';

const cell = z.union([z.string(), z.number().transform(String), z.null().transform(() => '')]);
const row = z
  .object({ [messageName]: z.unknown().optional(), [lineName]: z.coerce.number().int().optional() })
  .catchall(cell)
  .transform(({ [messageName]: _, [lineName]: line, ...cells }) => ({ line, cells: cells as Cells }));
const document = z.array(row, 'Not a list of rows.').min(1, 'The list is empty.');

/** One row as a corrected file has it. */
export type CorrectedRecord = z.output<typeof row>;

/**
 * Reads a corrected file: the problem rows' document with other values, or a single row of it, as the failure ledger
 * keeps one. Throws {@link RefusedFileError}.
 */
export function readCorrectedFile(text: string, { letter }: ProblemPlace): readonly CorrectedRecord[] {
  const value = jsonIn(text);
  const single = typeof value === 'object' && value !== null && !Array.isArray(value);
  const parsed = document.safeParse(single ? [value] : value);
  if (!parsed.success) {
    throw new RefusedFileError('NotAListOfRows', `The corrected file is not a list of rows: ${faults(parsed.error)}`);
  }
  for (const [index, { cells }] of parsed.data.entries()) {
    const county = cells[countyName];
    if (county === undefined || county === counties[letter]) continue;
    const reason = `Row ${index + 1} of the corrected file is of ${county}, the file of ${counties[letter]}`;
    throw new RefusedFileError('WrongCounty', reason);
  }
  return parsed.data;
}

/** The lines that a file names; `undefined` when a row names none, and must be looked for among all problem rows. */
export function linesNamed(records: readonly CorrectedRecord[]): readonly number[] | undefined {
  const lines = records.flatMap(({ line }) => (line === undefined ? [] : [line]));
  return lines.length === records.length ? lines : undefined;
}

/**
 * Finds the problem row of each record: by its line number, or else by its serial number. Throws
 * {@link RefusedFileError} naming the first record that is of none, of more than one, or of another record's, or that has
 * a column that its file hasn't.
 */
export function matchProblems(records: readonly CorrectedRecord[], problems: readonly FoundProblem[]): Change[] {
  const byLine = Map.groupBy(problems, ({ line_number }) => line_number);
  const named = problems.flatMap((problem) => serialsOf(problem).map((serial) => ({ serial, problem })));
  const bySerial = Map.groupBy(named, ({ serial }) => serial);
  const taken = new Map<number, number>();
  return records.map(({ line, cells: { [countyName]: _, ...cells } }, index) => {
    const serial = cells[serialColumn]?.trim();
    const ofSerial = () => bySerial.get(serial)?.map(({ problem }) => problem);
    const found = (line === undefined ? ofSerial() : byLine.get(line)) ?? [];
    const place = index + 1;
    const { line_number, raw } = onlyOne(found, `Row ${place} of the corrected file`, { line, serial });
    refuseUnknown(unknownColumns(raw, cells), place);
    const before = taken.get(line_number);
    if (before !== undefined) {
      const reason = `Rows ${before} and ${place} of the corrected file are both of ${lineName} ${line_number}`;
      throw new RefusedFileError('DuplicateRow', reason);
    }
    taken.set(line_number, place);
    return { line_number, cells };
  });
}

/** The serial numbers that a row may be of. Each field is one in a line whose fields don't fit the columns. */
function serialsOf({ raw }: FoundProblem): readonly (string | undefined)[] {
  const line = raw[rawLineName];
  if (line === undefined) return [raw[serialColumn]?.trim()];
  return [...new Set(line.split(',').map((field) => field.trim()))];
}

/** A value under an unknown name would be lost silently. */
function refuseUnknown(unknown: readonly string[], place: number): void {
  if (unknown.length === 0) return;
  const reason = `Row ${place} of the corrected file has columns that its file hasn’t: ${unknown.join(', ')}`;
  throw new RefusedFileError('UnknownColumn', reason);
}

function onlyOne(
  found: readonly FoundProblem[],
  record: string,
  { line, serial }: { readonly line: number | undefined; readonly serial: string | undefined },
): FoundProblem {
  const [problem] = found;
  if (problem && found.length === 1) return problem;
  if (problem) {
    throw new RefusedFileError('AmbiguousRow', `${record} may be of several problem rows: give its ${lineName}`);
  }
  const names = `${lineName} ${line ?? 'not given'}, ${serialColumn} ${serial ?? 'not given'}`;
  throw new RefusedFileError('NoProblemRow', `${record} is of no problem row: ${names}`);
}

function jsonIn(text: string): unknown {
  const { value, error: cause } = parsedJson(text.replace(/^\uFEFF/, ''));
  if (value === undefined) throw new RefusedFileError('NotJson', 'The corrected file is not JSON', { cause });
  return value;
}

function faults({ issues }: z.ZodError): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => [...path, message].join(' '))
    .join('; ');
}
