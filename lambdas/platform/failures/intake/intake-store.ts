import { type QueryExecutorProvider, sql } from 'kysely';
import { recordFailures } from '#adapters/failure-ledger.ts';
import type { ObjectStore } from '#adapters/object-store.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { withReplayed } from '../lineage.ts';
import { failuresFrom } from './dead-letter.ts';
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
  const failures = await Promise.all(
    failuresFrom(letter).map((failure) => withReplayed(failure, (key) => bucket.readText(key))),
  );
  return { failures, added: await recordFailures(query, failures, bucket) };
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
