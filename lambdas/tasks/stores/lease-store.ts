import { randomUUID } from 'node:crypto';
import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { ObjectStore } from '#adapters/object-store.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { storableJson, storableText } from '#kit/text/storable.ts';
import { recordFailures, resolveFailures } from '#record/failure-ledger.ts';
import type { AfterEnd, Answer, Ended, LeasedTask } from '../task.ts';

/** What a worker says of a task while it holds it. */
export interface Sign {
  readonly id: string;
  readonly lease: string;
  readonly percent: number | undefined;
  readonly text: string | undefined;
}

/** What becomes of a task that its worker still holds. */
export interface Held {
  readonly terminate: boolean;
  readonly othersWait: boolean;
}

/** What a worker has room for. */
export interface Wanted {
  readonly atMost: number;
  readonly names: readonly string[];
  readonly fresh: readonly string[];
}

export interface LeaseStore {
  /** Begins an attempt of each that may begin now: that waits, or whose worker was lost. The others are left out. */
  claim(ids: readonly string[], leaseSeconds: number): Promise<readonly LeasedTask[]>;
  /**
   * The same for tasks of the worker that wait, the longest waiting first, whether their messages have come or not.
   * `fresh`: names of functions of which only one that was never begun may begin.
   */
  claimNext(wanted: Wanted, leaseSeconds: number): Promise<readonly LeasedTask[]>;
  /** Holds leases; resolves to those still held, and whether each is to stop. */
  renew(signs: readonly Sign[], leaseSeconds: number): Promise<ReadonlyMap<string, { readonly terminate: boolean }>>;
  /** Keeps a state to go on from; `undefined`: the lease is another's. `othersWait`: for a turn, and have for a while. */
  checkpoint(sign: Sign, state: unknown, leaseSeconds: number): Promise<Held | undefined>;
  /** Writes endings, each only by who holds the lease; failures go into the ledger with them. */
  finish(ended: readonly Ended[], failures: readonly NewFailure[]): Promise<readonly AfterEnd[]>;
  /** Gives a lease back without an ending: the next turn begins at once. */
  release(task: LeasedTask, workedMs: number): Promise<void>;
  /** The same with a question to a step; resolves to what its answer must name, `undefined`: the lease is another's. */
  ask(task: LeasedTask, workedMs: number): Promise<number | undefined>;
  /** Keeps the answer of that question, once. */
  answer(id: string, call: number, answer: Answer): Promise<void>;
}

/** Leases: one worker has a task at a time, and only what it writes under its lease counts. */
export function leaseStore(database: Database<unknown>, bucket?: Pick<ObjectStore, 'put'>): LeaseStore {
  const { query } = database;
  return {
    claim: async (ids, leaseSeconds) => (ids.length === 0 ? [] : begin(query, named(ids), leaseSeconds)),
    claimNext: (wanted, leaseSeconds) => begin(query, longestWaiting(wanted), leaseSeconds),
    renew: async (signs, leaseSeconds) => (signs.length === 0 ? new Map() : renew(query, signs, leaseSeconds)),
    checkpoint: (sign, state, leaseSeconds) => checkpoint(query, sign, { state, leaseSeconds }),
    async finish(ended, failures) {
      if (ended.length === 0) return [];
      const again = ended.filter(({ task, ending }) => ending.status === 'SUCCESS' && task.retryOf !== null);
      // The common case is one statement, and needs no transaction.
      if (failures.length === 0 && again.length === 0) return finish(query, ended);
      return database.transaction(async (session) => {
        const written = await finish(session.query, ended);
        const done = new Map(written.map(({ id, status }) => [id, status]));
        const recorded = failures.filter(({ naturalKey }) => done.get(naturalKey.slice('task:'.length)) === 'FAILURE');
        await recordFailures(session.query, recorded, bucket);
        await resolveEarlier(
          session.query,
          again.filter(({ task }) => done.has(task.id)),
        );
        return written;
      });
    },
    async release({ id, lease }, workedMs) {
      await sql`UPDATE tasks.tasks SET lease = NULL, lease_until = NULL, worked_ms = worked_ms + ${workedMs}, due_at = now()
        WHERE id = ${id} AND lease = ${lease}`.execute(query);
    },
    ask: (task, workedMs) => ask(query, task, workedMs),
    async answer(id, call, answer) {
      await sql`UPDATE tasks.tasks SET calls = calls + 1, due_at = now(),
          answers = (answers::jsonb || jsonb_build_array(${JSON.stringify(storableJson(answer))}::jsonb))::json
        WHERE id = ${id} AND calls = ${call} AND ended_at IS NULL`.execute(query);
    },
  };
}

/** Those of the ids that may begin now. */
function named(ids: readonly string[]): RawBuilder<unknown> {
  return sql`id = ANY(${ids}::uuid[]) AND (
    status = 'PENDING'
    -- A message may come a little before its time.
    OR status = 'RETRY' AND due_at <= now() + interval '1 second'
    OR status = 'STARTED' AND (lease_until IS NULL OR lease_until < now()))
    ORDER BY id FOR UPDATE`;
}

function longestWaiting({ atMost, names, fresh }: Wanted): RawBuilder<unknown> {
  return sql`ended_at IS NULL AND host = 'worker' AND (
    status = 'PENDING' AND name = ANY(${[...names, ...fresh]}::text[])
    OR status = 'RETRY' AND due_at <= now() AND name = ANY(${names}::text[]))
    ORDER BY sent_at LIMIT ${atMost} FOR UPDATE SKIP LOCKED`;
}

async function renew(query: QueryExecutorProvider, signs: readonly Sign[], leaseSeconds: number) {
  const { rows } = await sql<{ id: string; terminate: boolean }>`
    UPDATE tasks.tasks t SET lease_until = now() + make_interval(secs => ${leaseSeconds}),
      progress_percent = coalesce(s.percent, t.progress_percent), progress_text = coalesce(s.text, t.progress_text)
    FROM json_to_recordset(${JSON.stringify(signs)}::json) AS s (id uuid, lease uuid, percent real, text text)
    WHERE t.id = s.id AND t.lease = s.lease AND t.ended_at IS NULL
    RETURNING t.id, t.terminate_at IS NOT NULL AS terminate`.execute(query);
  return new Map(rows.map(({ id, terminate }) => [id, { terminate }]));
}

async function checkpoint(
  query: QueryExecutorProvider,
  { id, lease, percent, text }: Sign,
  { state, leaseSeconds }: { readonly state: unknown; readonly leaseSeconds: number },
): Promise<Held | undefined> {
  const { rows } = await sql<Held>`
    UPDATE tasks.tasks t SET checkpoint = ${JSON.stringify(state ?? null)}::json, answers = '[]',
      lease_until = now() + make_interval(secs => ${leaseSeconds}),
      progress_percent = coalesce(${percent ?? null}::real, progress_percent),
      progress_text = coalesce(${text ?? null}, progress_text)
    WHERE id = ${id} AND lease = ${lease} AND ended_at IS NULL
    RETURNING terminate_at IS NOT NULL AS terminate, host <> 'worker' AND EXISTS (
      SELECT FROM tasks.tasks o WHERE o.ended_at IS NULL AND o.host <> 'worker' AND (o.status = 'PENDING'
        OR o.status = 'STARTED' AND o.lease IS NULL) AND o.due_at < now() - interval '5 seconds') AS "othersWait"`.execute(
    query,
  );
  return rows[0];
}

/** Gives the lease back with a question; resolves to the number that its answer must name. */
async function ask(query: QueryExecutorProvider, { id, lease }: LeasedTask, workedMs: number) {
  const { rows } = await sql<{ calls: number }>`
    UPDATE tasks.tasks SET lease = NULL, lease_until = NULL, worked_ms = worked_ms + ${workedMs}, calls = calls + 1,
      -- It wants no turn before its answer is there, or its execution is over.
      due_at = now() + interval '30 days'
    WHERE id = ${id} AND lease = ${lease} RETURNING calls`.execute(query);
  return rows[0]?.calls;
}

/** In the order of their ids, so that two workers never wait for each other. */
async function begin(
  query: QueryExecutorProvider,
  free: RawBuilder<unknown>,
  leaseSeconds: number,
): Promise<readonly LeasedTask[]> {
  const lease = randomUUID();
  const { rows } = await sql<LeasedTask>`
    WITH free AS (
      SELECT id FROM tasks.tasks WHERE ${free})
    UPDATE tasks.tasks t SET
      status = 'STARTED', started_at = coalesce(t.started_at, now()),
      lease = ${lease}, lease_until = now() + make_interval(secs => ${leaseSeconds}), resent = 0,
      attempts = t.attempts + CASE WHEN t.status = 'STARTED' AND t.attempt_at IS NOT NULL THEN 0 ELSE 1 END,
      -- Turns share their attempt's time; what a worker had of it that was lost, or handed it over, is given back.
      attempt_at = CASE WHEN t.status = 'STARTED' AND t.host <> 'worker'
        THEN coalesce(t.attempt_at, now()) ELSE now() END,
      losses = t.losses + CASE WHEN t.status = 'STARTED' AND t.lease IS NOT NULL THEN 1 ELSE 0 END
    FROM free WHERE t.id = free.id
    RETURNING t.id, t.lease, t.name, t.host, t.username, t.input, t.attempts, t.retries, t.losses,
      t.attempt_at AS "attemptAt", t.checkpoint, t.answers, t.retry_of AS "retryOf", t.replay_of AS "replayOf",
      t.terminate_at IS NOT NULL AS terminate`.execute(query);
  return rows;
}

async function finish(query: QueryExecutorProvider, ended: readonly Ended[]): Promise<readonly AfterEnd[]> {
  const { rows } = await sql<AfterEnd>`
    UPDATE tasks.tasks t SET
      -- Whoever was told to end does not begin again.
      status = CASE WHEN e.status = 'RETRY' AND t.terminate_at IS NOT NULL THEN 'REVOKED' ELSE e.status END,
      ended_at = CASE WHEN e.status = 'RETRY' AND t.terminate_at IS NULL THEN NULL ELSE now() END,
      due_at = now() + make_interval(secs => coalesce(e.delay, 0)), sent_at = now(),
      lease = NULL, lease_until = NULL, worked_ms = t.worked_ms + e.worked_ms,
      progress_percent = CASE WHEN e.status = 'SUCCESS' THEN 100 ELSE t.progress_percent END,
      result = e.result::json, result_key = e.result_key, result_bytes = e.result_bytes,
      error = e.error, traceback = e.traceback
    FROM json_to_recordset(${JSON.stringify(ended.map(rowOf))}::json) AS e (id uuid, lease uuid, status text, delay real,
      worked_ms bigint, result text, result_key text, result_bytes bigint, error text, traceback text)
    WHERE t.id = e.id AND t.lease = e.lease AND t.ended_at IS NULL
    RETURNING t.id, t.status, t.callback_url AS "callbackUrl"`.execute(query);
  return rows;
}

function rowOf({ task, ending, workedMs }: Ended) {
  const told = { id: task.id, lease: task.lease, status: ending.status, worked_ms: Math.round(workedMs) };
  if (ending.status === 'SUCCESS') {
    const { result, resultKey, resultBytes } = ending;
    // As text: json_to_recordset refuses the escapes of NUL and of half a surrogate, and with them the whole batch.
    const kept = resultKey === undefined ? { result } : { result_key: resultKey };
    return { ...told, ...kept, result_bytes: resultBytes };
  }
  const { error } = ending;
  return {
    ...told,
    delay: ending.status === 'RETRY' ? ending.delaySeconds : 0,
    error: clean(error.name),
    traceback: clean(inWords(error)),
  };
}

/** What went wrong and why, without the places in our code: answers never show those, the ledger has them. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nCaused by ${inWords(error.cause)}`;
}

/** A cut may leave half of a surrogate. */
function clean(text: string): string {
  return storableText(text.slice(0, 20_000));
}

/** A task that was done again and succeeded puts the failures of those before it right. */
async function resolveEarlier(query: QueryExecutorProvider, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return;
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE earlier AS (
      SELECT retry_of AS id FROM tasks.tasks WHERE id = ANY(${ended.map(({ task }) => task.id)}::uuid[])
      UNION
      SELECT t.retry_of FROM tasks.tasks t JOIN earlier e ON t.id = e.id)
    SELECT id FROM earlier WHERE id IS NOT NULL`.execute(query);
  const naturalKeys = rows.map(({ id }) => `task:${id}`);
  await resolveFailures(query, { workload: 'tasks', naturalKeys }, 'tasks/run-tasks');
}
