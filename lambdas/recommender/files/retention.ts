import { behaviorColumns, type FileRow } from './columns.ts';

/** From when on a scenario keeps behaviour. */
export interface KeptFrom {
  readonly scenario_id: string;
  /** The first day that it keeps: behaviour by when it happened, what came too late by when it came. */
  readonly kept_from: string;
  /** Files of days before were looked through already; `null`: none was. */
  readonly seen_until: string | null;
}

const place = behaviorColumns.findIndex(({ name }) => name === 'scenario_id');

/** Which rows of a day's file are past the retention of their scenarios; `undefined` where none can be. */
export function pastOf(limits: readonly KeptFrom[], day: string): ((row: FileRow) => boolean) | undefined {
  const past = new Set(limits.filter(({ kept_from }) => day < kept_from).map(({ scenario_id }) => scenario_id));
  return past.size === 0 ? undefined : (row) => past.has(String(row[place]));
}
