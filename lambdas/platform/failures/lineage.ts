import { NotFoundError } from '#kit/errors.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';

/** The name of a replayed execution. */
export function replayName(failureId: number): string {
  return `replay-${failureId}`;
}

/** The failure an execution replays: a replay is named for it, so that the same replay twice is one execution. */
export function replayedBy(executionName: string): number | undefined {
  const [, id] = /^replay-(\d{1,15})$/.exec(executionName) ?? [];
  return id === undefined ? undefined : Number(id);
}

/** The member of the event that names the replayed failure: an asynchronous invocation has no other place for it. */
export function invocationKey(requestId: string): string {
  return `platform/replays/invocations/${requestId}`;
}

const invocation = 'invocation:';

/** The natural key of an invocation that failed. */
export function invocationFailureKey(requestId: string): string {
  return `${invocation}${requestId}`;
}

/** The same failure with the one it replays, where it is an invocation that was replayed. */
export async function withReplayed(
  failure: NewFailure,
  readText: (key: string) => Promise<string>,
): Promise<NewFailure> {
  if (!failure.naturalKey.startsWith(invocation) || failure.replayOf !== undefined) return failure;
  try {
    return { ...failure, replayOf: Number(await readText(invocationKey(failure.naturalKey.slice(invocation.length)))) };
  } catch (error) {
    if (error instanceof NotFoundError) return failure;
    throw error;
  }
}
