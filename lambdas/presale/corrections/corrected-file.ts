import * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { serialColumn } from '../file/columns.ts';
import { counties } from '../publication/counties.ts';
import type { Cells, Change, FoundProblem, ProblemPlace } from './ports.ts';

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

type CorrectedRecord = z.output<typeof row>;

/** Reads a corrected file: the problem rows' document with other values. Throws {@link PermanentError} with the reason. */
export function readCorrectedFile(text: string, { letter }: ProblemPlace): readonly CorrectedRecord[] {
  const parsed = document.safeParse(parsedJson(text));
  if (!parsed.success) throw new PermanentError(`The corrected file is not a list of rows: ${faults(parsed.error)}`);
  for (const [index, { cells }] of parsed.data.entries()) {
    const county = cells[countyName];
    if (county === undefined || county === counties[letter]) continue;
    throw new PermanentError(`Row ${index + 1} of the corrected file is of ${county}, the file of ${counties[letter]}`);
  }
  return parsed.data;
}

/**
 * Finds the problem row of each record: by its line number, or else by its serial number. Throws {@link PermanentError}
 * naming the first record that is of none, or of more than one.
 */
export function matchProblems(records: readonly CorrectedRecord[], problems: readonly FoundProblem[]): Change[] {
  const taken = new Set<number>();
  return records.map(({ line, cells: { [countyName]: _, ...cells } }, index) => {
    const serial = cells[serialColumn]?.trim();
    const found = problems.filter((problem) =>
      line === undefined ? problem.raw[serialColumn]?.trim() === serial : problem.line_number === line,
    );
    const [problem] = found;
    const record = `Row ${index + 1} of the corrected file`;
    if (!problem)
      throw new PermanentError(`${record} is of no problem row: ${lineName} ${line}, ${serialColumn} ${serial}`);
    if (found.length > 1 || taken.has(problem.line_number)) {
      throw new PermanentError(`${record} may be of several problem rows: give its ${lineName}`);
    }
    taken.add(problem.line_number);
    return { line_number: problem.line_number, cells };
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new PermanentError('The corrected file is not JSON', { cause });
  }
}

function faults({ issues }: z.ZodError): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => [...path, message].join(' '))
    .join('; ');
}
