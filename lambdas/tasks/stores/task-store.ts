import { createHash } from 'node:crypto';
import { type QueryExecutorProvider, sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import type { NewTask, Status, TaskOutcome, TaskRow } from '../task.ts';

export interface TaskFilter extends Paging {
  readonly username: string | undefined;
  readonly status: Status | undefined;
  readonly name: string | undefined;
}

export interface Submitted {
  readonly task: TaskRow;
  /** `known`: the key has named this task before; `other`: for another request. */
  readonly as: 'new' | 'known' | 'other';
}

export interface TaskStore {
  /** One task for a key of a user, for 24 hours. */
  submit(task: NewTask, key?: string): Promise<Submitted>;
  find(id: string): Promise<TaskRow | undefined>;
  outcome(id: string): Promise<TaskOutcome | undefined>;
  list(filter: TaskFilter): Promise<Page<TaskRow>>;
  /** Ends what waits; asks what runs to stop; leaves alone what has ended. `undefined`: there is none. */
  terminate(id: string): Promise<TaskRow | undefined>;
}

const head = sql`
  number AS id, id AS task_id, username, name, status, visibility, description AS "desc", host AS runs_on, attempts, retries, retry_of,
  first_id AS first_task_id, callback_url, deliveries, terminate_at, progress_percent, created_at, started_at, ended_at`;
const columns = sql`${head}, args, kwargs`;
const tasks = {
  // A hundred rows of a list must stay far below Lambda's 6 MB.
  select: sql`${head},
    CASE WHEN octet_length(args::text) <= 4096 THEN args END AS args,
    CASE WHEN octet_length(kwargs::text) <= 4096 THEN kwargs END AS kwargs`,
  from: sql`tasks.tasks`,
  order: sql`created_at DESC, id DESC`,
};

/** Tasks as callers see them. */
export function taskStore(database: Database<unknown>): TaskStore {
  const { query } = database;
  return {
    async submit(task, key) {
      if (key === undefined) return { task: await insert(query, task, undefined), as: 'new' };
      return database.transaction((session) => submitOnce(session.query, task, key));
    },
    find: (id) => one<TaskRow>(query, sql`SELECT ${columns} FROM tasks.tasks WHERE id = ${id}`),
    outcome: (id) =>
      one<TaskOutcome>(
        query,
        sql`SELECT id AS task_id, username, visibility, name, status, result, result_key, result_bytes, error, traceback, progress_percent,
          progress_text, started_at, ended_at, worked_ms FROM tasks.tasks WHERE id = ${id}`,
      ),
    list: (filter) => pagedListing<TaskRow>(query, { ...tasks, where: conditions(filter) }, filter),
    terminate: (id) =>
      one<TaskRow>(
        query,
        sql`WITH asked AS (
            UPDATE tasks.tasks SET terminate_at = coalesce(terminate_at, now()),
              status = CASE WHEN status IN ('PENDING', 'RETRY') THEN 'REVOKED' ELSE status END,
              ended_at = CASE WHEN status IN ('PENDING', 'RETRY') THEN now() END
            WHERE id = ${id} AND ended_at IS NULL RETURNING *)
          SELECT ${columns} FROM asked
          UNION ALL
          SELECT ${columns} FROM tasks.tasks WHERE id = ${id} AND NOT EXISTS (SELECT FROM asked)`,
      ),
  };
}

/** By whom, with which key: the first of equal requests makes the task, the others find it. */
async function submitOnce(query: QueryExecutorProvider, task: NewTask, key: string): Promise<Submitted> {
  const hash = requestHash(task);
  const { rows } = await sql`
    INSERT INTO tasks.keys (username, key, task_id, request_hash, expires_at)
    VALUES (${task.username}, ${key}, ${task.id}, ${hash}, now() + interval '24 hours')
    ON CONFLICT (username, key) DO UPDATE
    SET task_id = excluded.task_id, request_hash = excluded.request_hash, expires_at = excluded.expires_at
    WHERE keys.expires_at <= now() RETURNING task_id`.execute(query);
  if (rows.length > 0) return { task: await insert(query, task, key), as: 'new' };
  const known = await one<TaskRow & { readonly request_hash: string }>(
    query,
    sql`SELECT ${columns}, request_hash FROM tasks.tasks
      JOIN (SELECT task_id AS known, request_hash FROM tasks.keys WHERE username = ${task.username} AND key = ${key}) k
      ON k.known = id`,
  );
  if (!known) throw new Error(`The key ${key} names no task`);
  const { request_hash, ...row } = known;
  return { task: row, as: request_hash === hash ? 'known' : 'other' };
}

/** Writes a task's row; that of a replay that is there already is found. */
export async function insert(query: QueryExecutorProvider, task: NewTask, key: string | undefined): Promise<TaskRow> {
  const row = await one<TaskRow>(
    query,
    sql`INSERT INTO tasks.tasks (id, username, name, host, args, kwargs, input, description, retries, idempotency_key,
        callback_url, visibility, retry_of, first_id, replay_of)
      VALUES (${task.id}, ${task.username}, ${task.name}, ${task.host}, ${JSON.stringify(task.args)}::json,
        ${JSON.stringify(task.kwargs)}::json, ${JSON.stringify(task.input)}::json, ${task.description},
        ${task.retries}, ${key ?? null}, ${task.callbackUrl ?? null},
        coalesce(${task.visibility ?? null}, (SELECT visibility FROM tasks.tasks WHERE id = ${task.retryOf ?? null}),
          'owner'), ${task.retryOf ?? null},
        (SELECT coalesce(first_id, id) FROM tasks.tasks WHERE id = ${task.retryOf ?? null}), ${task.replayOf ?? null})
      ON CONFLICT (replay_of, retry_of) WHERE replay_of IS NOT NULL DO UPDATE SET replay_of = excluded.replay_of
      RETURNING ${columns}`,
  );
  if (!row) throw new Error('The task has no row');
  return row;
}

function conditions({ username, status, name }: TaskFilter) {
  return [
    ...(username === undefined ? [] : [sql`username = ${username}`]),
    ...(status === undefined ? [] : [sql`status = ${status}`]),
    ...(name === undefined ? [] : [sql`name = ${name}`]),
  ];
}

/** Two requests are equal when they ask for the same work and the same answer. */
function requestHash({ name, input, description, callbackUrl, visibility = 'owner' }: NewTask): string {
  // As it was before tasks could be shared: keys of the last day stay what they were.
  const shared = visibility === 'owner' ? [] : [visibility];
  return createHash('sha256')
    .update(JSON.stringify([name, input, description, callbackUrl ?? null, ...shared], inOneOrder))
    .digest('hex');
}

/** For JSON.stringify: the members of an object by their names, for they have no order of their own. */
function inOneOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

async function one<T>(query: QueryExecutorProvider, statement: ReturnType<typeof sql>): Promise<T | undefined> {
  return (await statement.execute(query)).rows[0] as T | undefined;
}
