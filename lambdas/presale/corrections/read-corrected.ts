import { columns, dateColumn } from '../file/columns.ts';
import type { FileRow } from '../file/file-row.ts';
import { rawLineName, readCells } from '../file/read-row.ts';
import { rocEpoch } from '../publication/season.ts';
import type { Cells } from './ports.ts';

const required = columns.filter(({ optional }) => !optional).map(({ names }) => names);

/** Every name that a column of a deal has ever had. */
export const columnNames: ReadonlySet<string> = new Set(columns.flatMap(({ names }) => names));

/** A row's values after a change. The line as it came is left out: from now on the values count. */
export function corrected(raw: Cells, changes: Cells): Cells {
  const { [rawLineName]: _, ...values } = { ...raw, ...changes };
  const date = values[dateColumn];
  return date === undefined ? values : { ...values, [dateColumn]: asRocDate(date) };
}

/** Reads corrected values as the file's own rows are read. A column that the row lacks is an empty cell. */
export function readCorrected(values: Cells, line: number): FileRow {
  const missing = required.filter((names) => names.every((name) => values[name] === undefined)).map(([name]) => name);
  const names = [...Object.keys(values), ...new Set(missing)];
  const places = columns.map((column) => {
    const place = column.names.map((name) => names.indexOf(name)).find((found) => found >= 0);
    return { column, place };
  });
  return readCells(
    { names, places },
    names.map((name) => values[name] ?? ''),
    line,
  );
}

/** The problem rows' document shows 2022-07-13, the files have 1110713. */
function asRocDate(text: string): string {
  const [, year, month, day] = /^\s*(\d{4})-(\d\d)-(\d\d)\s*$/.exec(text) ?? [];
  return year === undefined ? text : `${Number(year) - rocEpoch}${month}${day}`;
}
