import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { ObjectStore } from '#adapters/object-store.ts';
import type { RecordFailure } from './failure.ts';

// A page of 500 rows stays below Lambda's 6 MB only because lists don't show inputs; one row stays readable.
const largestInRowBytes = 32 * 1024;

/**
 * Keeps failures in the database, large inputs in the bucket. The object is written before the row that names it, and
 * its name comes from the failure's own key: twice is once.
 */
export function failureRecorder<T>(database: Database<T>, bucket: Pick<ObjectStore, 'put'>): RecordFailure {
  return async (failure) => {
    const { naturalKey, input } = failure;
    const inRow = Buffer.byteLength(input) <= largestInRowBytes && !input.includes('\0');
    const key = `platform/failures/${createHash('sha256').update(naturalKey).digest('hex')}`;
    if (!inRow) await bucket.put(key, input, { contentType: 'text/plain; charset=utf-8' });
    const { numAffectedRows } = await sql`
      INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, door, reason, message, stack,
        input, input_key, attributes, occurred_at, attempts, replay_of)
      VALUES (${naturalKey}, ${failure.workload}, ${failure.sourceKind}, ${failure.sourceName}, ${failure.door ?? null},
        ${printable(failure.reason)}, ${printable(failure.message)}, ${printable(failure.stack ?? null)},
        ${inRow ? input : null}, ${inRow ? null : key}, ${JSON.stringify(failure.attributes)}, ${failure.occurredAt},
        ${failure.attempts ?? null}, (SELECT id FROM platform.failures WHERE id = ${failure.replayOf ?? null}))
      ON CONFLICT (natural_key) DO NOTHING`.execute(database.query);
    return numAffectedRows === 1n ? 'new' : 'known';
  };
}

/** PostgreSQL holds no NUL. */
function printable(text: string | null): string | null {
  return text?.replaceAll('\0', '\u{FFFD}') ?? null;
}
