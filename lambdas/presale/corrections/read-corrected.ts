import { columns, dateColumn } from '../file/columns.ts';
import type { FileRow, ProblemReason } from '../file/file-row.ts';
import { rawLineName, readCells } from '../file/read-row.ts';
import { rocDate } from '../file/roc-date.ts';
import { storable } from '../file/storable.ts';
import { rocEpoch } from '../publication/season.ts';
import type { Cells } from './ports.ts';
import { namesOf, shownRaw } from './ragged-row.ts';

/** A problem row as a correction starts from it. */
export interface Uncorrected {
  readonly line_number: number;
  readonly raw: Cells;
  /** What the file says, once raw was changed. */
  readonly file_raw: Cells | null;
  readonly reasons: readonly ProblemReason[];
}

/** What a correction makes of a problem row. */
export interface Reading {
  /** The row as the history of corrections shows it. */
  readonly after: Cells;
  /** What the row is from now on. */
  readonly raw: Cells;
  readonly row: FileRow;
}

const required = columns.filter(({ optional }) => !optional).map(({ names }) => names);

/**
 * Reads a problem row with changed cells; `undefined` for one that has these values already, or that is put back whole as
 * its file has it. A row whose values don't fit the columns is read from a new line, or from all its cells, alone: some
 * cells in their right places make no deal of the others. `newest`: the day its file is as of.
 */
export function readCorrected(problem: Uncorrected, changes: Cells, newest?: string): Reading | undefined {
  const given = storableCells(changes, problem.raw);
  if (same(problem.raw, given)) return undefined;
  const { file_raw: original } = problem;
  if (original && same(original, given) && Object.keys(shownRaw(original)).every((name) => name in given))
    return undefined;
  const { [rawLineName]: line, ...cells } = given;
  if (line !== undefined && line !== problem.raw[rawLineName]) return readLine(problem, { text: line, newest }, cells);
  if (problem.raw[rawLineName] === undefined) return read({ ...problem.raw, ...cells }, problem.line_number, newest);
  const names = namesOf(problem.raw);
  const missing = names.filter((name) => cells[name] === undefined);
  if (missing.length > 0) return stillRagged(problem, given, missing);
  const inOrder = Object.fromEntries(names.map((name) => [name, cells[name] ?? '']));
  return read({ ...inOrder, ...cells }, problem.line_number, newest);
}

/** Reads values by their columns' names, as a file's rows are read. A column that the row lacks is an empty cell. */
export function readValues(values: Cells, line: number, newest?: string): FileRow {
  const missing = required.filter((names) => names.every((name) => values[name] === undefined)).map(([name]) => name);
  const names = [...Object.keys(values), ...new Set(missing)];
  return readCells(
    { ...layoutOf(names), newest },
    names.map((name) => values[name] ?? ''),
    line,
  );
}

/** A line that is given anew has the file's columns; cells that are changed with it win. */
function readLine(
  problem: Uncorrected,
  { text, newest }: { readonly text: string; readonly newest: string | undefined },
  cells: Cells,
): Reading {
  const line = text.replace(/\r?\n$/, '');
  const names = namesOf(problem.raw);
  const values = line.split(',');
  if (/[\n\r]/.test(line)) return refused(problem, { [rawLineName]: text }, lineFault('is more than one line'));
  if (values.length !== names.length) {
    const counts = `has ${values.length} fields where the header has ${names.length}`;
    return refused(problem, { [rawLineName]: line }, lineFault(counts));
  }
  const changed = Object.entries(cells).filter(([name, value]) => !sameCell(name, problem.raw[name], value));
  const ofLine = Object.fromEntries(values.map((value, place) => [names[place] ?? '', value]));
  return read({ ...ofLine, ...Object.fromEntries(changed) }, problem.line_number, newest);
}

function lineFault(reason: string): ProblemReason {
  return { column: rawLineName, reason };
}

function read(cells: Cells, line: number, newest: string | undefined): Reading {
  // Rows of before have what can't be stored as it came.
  const values = Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, storable(value)]));
  const date = values[dateColumn];
  const after: Cells = date === undefined ? values : { ...values, [dateColumn]: asRocDate(date) };
  return { after, raw: after, row: readValues(after, line, newest) };
}

function stillRagged(problem: Uncorrected, given: Cells, missing: readonly string[]): Reading {
  const reason = `is read from its whole line (${rawLineName}) or from all its cells alone, and lacks ${missing.join(', ')}`;
  return refused(problem, given, { column: '', reason });
}

/** The row stays what it is; the history tells what was tried. */
function refused(problem: Uncorrected, given: Cells, fault: ProblemReason): Reading {
  const { raw, line_number: line } = problem;
  const ragged = raw[rawLineName] !== undefined;
  const before = ragged ? problem.reasons.slice(0, 1) : problem.reasons.filter(({ column }) => column !== rawLineName);
  const row = { state: 'problem', line, raw, reasons: [...before, fault] } as const;
  return { after: { ...shownRaw(raw), ...given }, raw, row };
}

/** By the names that the row has: a column may be called as another year's files call it. */
function storableCells(changes: Cells, raw: Cells): Cells {
  const nameOf = (name: string) => {
    const column = name in raw ? undefined : columns.find(({ names }) => names.includes(name));
    return column?.names.find((other) => other in raw) ?? name;
  };
  return Object.fromEntries(Object.entries(changes).map(([name, value]) => [nameOf(name), storable(value)]));
}

/** Of a row whose values don't fit the columns no cell says that it is put back: its line does. */
function same(raw: Cells, given: Cells): boolean {
  if (raw[rawLineName] !== undefined && given[rawLineName] === undefined) return false;
  return Object.entries(given).every(([name, value]) => sameCell(name, raw[name], value));
}

function sameCell(name: string, before: string | undefined, given: string): boolean {
  if ((before ?? '') === given) return true;
  // The problem rows' document shows the day, however the file writes it.
  return name === dateColumn && before !== undefined && rocDate(before.trim()) === given.trim();
}

function layoutOf(names: readonly string[]) {
  const places = columns.map((column) => {
    const place = column.names.map((name) => names.indexOf(name)).find((found) => found >= 0);
    return { column, place };
  });
  return { names, places };
}

/** The problem rows' document shows 2022-07-13, the files have 1110713. */
function asRocDate(text: string): string {
  const [, year, month, day] = /^\s*(\d{4})-(\d\d)-(\d\d)\s*$/.exec(text) ?? [];
  return year === undefined ? text : `${Number(year) - rocEpoch}${month}${day}`;
}
