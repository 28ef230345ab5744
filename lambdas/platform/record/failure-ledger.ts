import { type QueryExecutorProvider, sql } from 'kysely';
import type { ObjectStore } from '#adapters/object-store.ts';
import { correlationField, correlationId, idInText } from '#kit/correlation.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { isStorable, storableJson, storableText } from '#kit/text/storable.ts';
import { inputKeyOf } from './input-key.ts';

/** Which failures of a workload are put right: these, or all whose natural key starts so, or in one of these ways. */
export type Resolved = { readonly workload: string } & (
  | { readonly naturalKeys: readonly string[] }
  | { readonly naturalKeyPrefix: string }
  | { readonly naturalKeyPrefixes: readonly string[] }
);

// A page of 500 rows stays below Lambda's 6 MB only because lists don't show inputs; one row stays readable.
const largestInRowBytes = 32 * 1024;

/**
 * Keeps failures, in the caller's transaction where it has one; resolves to how many are new: a failure told twice is
 * one row. Inputs above 32 KB go to the bucket, before the row that names them and under a name made of the failure's
 * own key; without a bucket they stay in the row.
 */
export async function recordFailures(
  query: QueryExecutorProvider,
  failures: readonly NewFailure[],
  bucket?: Pick<ObjectStore, 'put'>,
): Promise<number> {
  if (failures.length === 0) return 0;
  const rows = await Promise.all(failures.map((failure) => rowOf(failure, bucket)));
  const { numAffectedRows } = await sql`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, door, reason, message, stack,
      input, input_key, input_execution, attributes, occurred_at, attempts, replay_of)
    SELECT new.natural_key, new.workload, new.source_kind, new.source_name, new.door, new.reason, new.message, new.stack,
      new.input, new.input_key, new.input_execution, new.attributes, new.occurred_at, new.attempts, first.id
    FROM json_to_recordset(${JSON.stringify(rows)}) AS new (natural_key text, workload text, source_kind text,
      source_name text, door text, reason text, message text, stack text, input text, input_key text,
      input_execution text, attributes json, occurred_at timestamptz, attempts integer, replay_of bigint)
    LEFT JOIN platform.failures first ON first.id = new.replay_of
    ON CONFLICT (natural_key) DO NOTHING`.execute(query);
  return Number(numAffectedRows ?? 0);
}

/** Marks open and replayed failures as put right, in the caller's transaction; resolves to how many those were. */
export async function resolveFailures(query: QueryExecutorProvider, which: Resolved, who: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE platform.failures SET state = 'resolved', changed_by = ${who}, changed_at = now()
    WHERE workload = ${which.workload} AND state IN ('open', 'replayed') AND ${chosen(which)}`.execute(query);
  return Number(numAffectedRows ?? 0);
}

function chosen(which: Resolved) {
  if ('naturalKeys' in which) return sql`natural_key = ANY(${which.naturalKeys.map(storableText)}::text[])`;
  const prefixes = 'naturalKeyPrefix' in which ? [which.naturalKeyPrefix] : which.naturalKeyPrefixes;
  return sql`natural_key ^@ ANY(${prefixes.map(storableText)}::text[])`;
}

/** A failure, as much of it as the code that recorded it reads back. */
export interface KnownFailure {
  readonly id: number;
  readonly naturalKey: string;
  readonly state: 'open' | 'replayed' | 'resolved' | 'discarded';
}

/** Failures by their natural keys, locked until the caller's transaction ends: a replay that is being sent has settled. */
export async function knownFailures(
  query: QueryExecutorProvider,
  naturalKeys: readonly string[],
): Promise<readonly KnownFailure[]> {
  if (naturalKeys.length === 0) return [];
  const { rows } = await sql<KnownFailure>`
    SELECT id, natural_key AS "naturalKey", state FROM platform.failures
    WHERE natural_key = ANY(${naturalKeys.map(storableText)}::text[]) FOR UPDATE`.execute(query);
  return rows;
}

/** The id of the work that failed: what was received says it, or it is the work that tells of it. */
function workOf({ input }: NewFailure): Record<string, string> {
  const id = idInText(input) ?? correlationId();
  return id === undefined ? {} : { [correlationField]: id };
}

async function rowOf(failure: NewFailure, bucket: Pick<ObjectStore, 'put'> | undefined) {
  const { naturalKey, input, inputExecution, inputKey } = failure;
  const kept = {
    natural_key: storableText(naturalKey),
    workload: failure.workload,
    source_kind: failure.sourceKind,
    source_name: storableText(failure.sourceName),
    door: failure.door ?? null,
    reason: storableText(failure.reason),
    message: storableText(failure.message),
    stack: failure.stack === undefined ? null : storableText(failure.stack),
    attributes: storableJson({ ...workOf(failure), ...failure.attributes }),
    occurred_at: failure.occurredAt,
    attempts: failure.attempts ?? null,
    replay_of: failure.replayOf ?? null,
  };
  if (inputExecution !== undefined) return { ...kept, input_execution: inputExecution };
  if (inputKey !== undefined) return { ...kept, input_key: inputKey };
  const plain = Buffer.byteLength(input) <= largestInRowBytes && isStorable(input);
  if (plain || bucket === undefined) return { ...kept, input: storableText(input) };
  const key = inputKeyOf(naturalKey);
  await bucket.put(key, input, { contentType: 'text/plain; charset=utf-8' });
  return { ...kept, input_key: key };
}
