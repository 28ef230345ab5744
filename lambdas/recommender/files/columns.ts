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

/** A row of a file, in the order of its columns. */
export type BehaviorFileRow = readonly (string | number | bigint | boolean | null)[];

export const userColumn = behaviorColumns.findIndex(({ name }) => name === 'user_id');
