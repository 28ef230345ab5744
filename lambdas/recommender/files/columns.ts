/** What a file of behaviour holds: the rows of one tenant and day, whose day is in its key. */
export const behaviorColumns = [
  { name: 'tenant_id', type: 'text' },
  { name: 'scenario_id', type: 'text' },
  { name: 'user_id', type: 'text' },
  { name: 'item_id', type: 'text' },
  { name: 'action', type: 'text' },
  { name: 'at', type: 'instant' },
  { name: 'event_id', type: 'text' },
  { name: 'part', type: 'integer' },
  { name: 'request_id', type: 'text' },
  { name: 'strategy', type: 'text' },
  { name: 'slot', type: 'integer' },
  { name: 'model_id', type: 'text' },
  { name: 'experiment_id', type: 'text' },
  { name: 'experiment_group', type: 'text' },
  { name: 'session_id', type: 'text' },
  { name: 'device', type: 'text' },
  { name: 'os', type: 'text' },
  { name: 'location', type: 'text' },
  { name: 'extra', type: 'text' },
  { name: 'duration', type: 'double' },
  { name: 'completion_rate', type: 'double' },
  { name: 'received_at', type: 'instant' },
] as const;

/** What a file of segments holds: how active each user of a tenant is in each scenario, as profiles have it. */
export const segmentColumns = [
  { name: 'tenant_id', type: 'text' },
  { name: 'scenario_id', type: 'text' },
  { name: 'user_id', type: 'text' },
  { name: 'segment', type: 'text' },
] as const;

export type FileColumns = typeof behaviorColumns | typeof segmentColumns;

/** A row of a file, in the order of its columns. */
export type FileRow = readonly (string | number | bigint | boolean | null)[];

/** Where a row of a file says whose it is. */
export function userColumn(columns: FileColumns): number {
  return columns.findIndex(({ name }) => name === 'user_id');
}

/** Where files are, below them one folder for each tenant: `tenant=.../`. */
export const folders = {
  /** `day=2026-11-30/`: what happened on that day. */
  behaviors: 'recommender/behaviors',
  /** `day=2026-11-30/`: what came on that day, more than a week after it had happened. */
  late: 'recommender/late-behaviors',
  segments: 'recommender/segments',
} as const;

/** What a file holds, by where it is. */
export function columnsOf(key: string): FileColumns {
  return key.startsWith(`${folders.segments}/`) ? segmentColumns : behaviorColumns;
}
