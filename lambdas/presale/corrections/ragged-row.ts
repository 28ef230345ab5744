import { columns } from '../file/columns.ts';
import { rawLineName } from '../file/read-row.ts';
import type { Cells } from './ports.ts';

/** Every name that a column of a deal has ever had. */
const columnNames: ReadonlySet<string> = new Set(columns.flatMap(({ names }) => names));

/** The names of a problem row's columns, in its file's order. */
export function namesOf(raw: Cells): readonly string[] {
  return Object.keys(raw).filter((name) => name !== rawLineName);
}

/**
 * A problem row as people see it. Of one whose values don't fit the columns only the line: the values that stand under a
 * name there may be another column's, and a person who corrects one of them would vouch for all.
 */
export function shownRaw(raw: Cells): Cells {
  const line = raw[rawLineName];
  return line === undefined ? raw : { [rawLineName]: line };
}

/** Of a correction's columns, those that neither the row nor any deal has. */
export function unknownColumns(raw: Cells, cells: Cells): readonly string[] {
  const known = (name: string) => name === rawLineName || columnNames.has(name) || Object.hasOwn(raw, name);
  return Object.keys(cells).filter((name) => !known(name));
}
