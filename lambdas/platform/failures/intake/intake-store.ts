import { type QueryExecutorProvider, sql } from 'kysely';
import type { ObjectStore } from '#adapters/object-store.ts';
import { NotFoundError } from '#kit/errors.ts';
import { edgeOf } from '#kit/ledger/edge.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { recordFailures } from '#record/failure-ledger.ts';
import { withReplayed } from '../lineage.ts';
import { failuresFrom } from './dead-letter.ts';
import { givenUpObject, givenUpRecords } from './given-up-batch.ts';
import { successFrom } from './succeeded-replay.ts';
import type { DeadLetter } from './told.ts';

/** Writes what one record tells into the ledger; resolves to the failures it tells of, and how many of them are new. */
export async function takeIn(
  letter: DeadLetter,
  query: QueryExecutorProvider,
  bucket: Pick<ObjectStore, 'put' | 'readText'>,
): Promise<{ readonly failures: readonly NewFailure[]; readonly added: number }> {
  const success = successFrom(letter);
  if (success) {
    if (success.replayed !== undefined) await resolveReplayed(query, success.replayed);
    return { failures: [], added: 0 };
  }
  const told = (await givenUpIn(letter, bucket)) ?? failuresFrom(letter);
  const failures = await Promise.all(told.map((failure) => withReplayed(failure, (key) => bucket.readText(key))));
  return { failures, added: await recordFailures(query, failures, bucket) };
}

/** The records of a topic that an object tells of; `undefined` where there is none, or it is gone or of no known form. */
async function givenUpIn(
  letter: DeadLetter,
  bucket: Pick<ObjectStore, 'readText'>,
): Promise<readonly NewFailure[] | undefined> {
  const key = givenUpObject(letter);
  if (key === undefined || edgeOf(letter.eventSourceARN)?.end !== 'failed') return undefined;
  try {
    return givenUpRecords(await bucket.readText(key), letter);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** The failure and those it replayed in turn are put right. */
async function resolveReplayed(query: QueryExecutorProvider, id: number): Promise<void> {
  await sql`
    UPDATE platform.failures SET state = 'resolved', changed_by = ${`replay of ${id}`}, changed_at = now()
    WHERE state IN ('open', 'replayed') AND id IN (
      WITH RECURSIVE up AS (
        SELECT id, replay_of FROM platform.failures WHERE id = ${id}
        UNION SELECT f.id, f.replay_of FROM platform.failures f JOIN up ON f.id = up.replay_of
      ) SELECT id FROM up)`.execute(query);
}
