/** A replayed message carries the id of the failure it replays here; SQS keeps it on the way to the dead letters. */
export const replayAttribute = 'millrace-replay-of';

/** What a replayed execution is named. */
export function replayName(failureId: number): string {
  return `replay-${failureId}`;
}

/** The failure an execution replays: a replay is named for it, so that the same replay twice is one execution. */
export function replayedBy(executionName: string): number | undefined {
  const [, id] = /^replay-(\d{1,15})$/.exec(executionName) ?? [];
  return id === undefined ? undefined : Number(id);
}
