import { Fault } from './cells.ts';
import { columns, dateColumn } from './columns.ts';
import type { DealValue, FileRow, ProblemReason } from './file-row.ts';
import type { Layout } from './header.ts';
import { maxLineLength } from './lines.ts';
import { beginning } from './storable.ts';

/** Where a problem row whose values don't fit the columns keeps its line. */
export const rawLineName = '原始資料';

// Enough of an endless line for a person to see what it is.
const shownOfEndlessLine = 1000;

/** Reads one line (without its line end) by the file's layout. Never throws: what can't be read is a problem row. */
export function readRow(layout: Layout, line: string, number: number): FileRow {
  if (line.length > maxLineLength) return endlessLine(layout, line, number);
  const cells = line.split(',');
  if (cells.length !== layout.names.length) return raggedRow(layout, line, number);
  return readCells(layout, cells, number);
}

const dateIndex = columns.findIndex(({ field }) => field === 'transaction_date');

/** Reads one row's cells, which stand in the layout's places. */
export function readCells(layout: Layout, cells: readonly string[], number: number): FileRow {
  const values: DealValue[] = [];
  const { newest } = layout;
  let reasons: ProblemReason[] | undefined;
  for (const { column, place } of layout.places) {
    const value = place === undefined ? '' : column.read(cells[place] ?? '');
    if (value instanceof Fault) {
      reasons ??= [];
      reasons.push({ column: column.names[0], reason: value.reason });
    } else values.push(value);
  }
  if (newest !== undefined && !reasons && String(values[dateIndex]) > newest)
    reasons = [{ column: dateColumn, reason: `${values[dateIndex]} is after the file’s own ${newest}` }];
  if (reasons) return { state: 'problem', line: number, raw: rawValues(layout, cells), reasons };
  return { state: 'good', line: number, values };
}

/** A good row that must not be loaded after all, with the reason. */
export function refusedRow(layout: Layout, line: string, refusal: { number: number; reason: ProblemReason }): FileRow {
  const raw = rawValues(layout, line.split(','));
  return { state: 'problem', line: refusal.number, raw, reasons: [refusal.reason] };
}

function raggedRow(layout: Layout, line: string, number: number): FileRow {
  const cells = line.split(',');
  const reason = `has ${cells.length} fields where the header has ${layout.names.length}`;
  const raw = { ...rawValues(layout, cells), [rawLineName]: line };
  return { state: 'problem', line: number, raw, reasons: [{ column: '', reason }] };
}

function endlessLine(layout: Layout, line: string, number: number): FileRow {
  const reason = `is longer than ${maxLineLength} characters`;
  const raw = { ...rawValues(layout, []), [rawLineName]: `${beginning(line, shownOfEndlessLine)}…` };
  return { state: 'problem', line: number, raw, reasons: [{ column: '', reason }] };
}

function rawValues(layout: Layout, cells: readonly string[]): Record<string, string> {
  return Object.fromEntries(layout.names.map((name, place) => [name, cells[place] ?? '']));
}
