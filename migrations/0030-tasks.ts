import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Functions as jobs: one row a task, with its lease; and the keys by which a submission that is sent twice is one. */
export const tasks: Migration = {
  async up(db) {
    await sql`CREATE SCHEMA IF NOT EXISTS tasks`.execute(db);
    await sql`
      CREATE TABLE tasks.tasks (
        id uuid PRIMARY KEY,
        username text NOT NULL,
        name text COLLATE "C" NOT NULL,
        host text COLLATE "C" NOT NULL CHECK (host IN ('worker', 'steps', 'spark')),
        status text COLLATE "C" NOT NULL DEFAULT 'PENDING'
          CHECK (status IN ('PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED')),
        -- As they were given, for people; and what the function gets.
        args json NOT NULL,
        kwargs json NOT NULL,
        input json NOT NULL,
        description text NOT NULL DEFAULT '',
        idempotency_key text,
        callback_url text,
        -- The task that this one does again, the first of them all, and the failure whose replay it is.
        retry_of uuid,
        first_id uuid,
        replay_of bigint,
        retries integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        -- When a message was last sent for it, and how often again because nobody had taken it.
        sent_at timestamptz NOT NULL DEFAULT now(),
        resent integer NOT NULL DEFAULT 0,
        -- A retry isn't begun before.
        due_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        -- Of the attempt: its beginning, and how often its worker was lost.
        attempt_at timestamptz,
        losses integer NOT NULL DEFAULT 0,
        worked_ms bigint NOT NULL DEFAULT 0,
        terminate_at timestamptz,
        -- Who holds the lease may write; another one never gets the same.
        lease uuid,
        lease_until timestamptz,
        progress_percent real,
        progress_text text,
        checkpoint json,
        -- Answers of other workloads' steps since the checkpoint.
        answers json NOT NULL DEFAULT '[]',
        result json,
        -- In the bucket, where it is too large for a row.
        result_key text,
        result_bytes bigint,
        error text,
        traceback text,
        callback_sent_at timestamptz,
        CONSTRAINT tasks_ended CHECK ((status IN ('SUCCESS', 'FAILURE', 'REVOKED')) = (ended_at IS NOT NULL))
      )`.execute(db);
    await sql`CREATE INDEX tasks_by_user ON tasks.tasks (username, created_at DESC, id DESC)`.execute(db);
    await sql`CREATE INDEX tasks_newest ON tasks.tasks (created_at DESC, id DESC)`.execute(db);
    await sql`CREATE INDEX tasks_open ON tasks.tasks (sent_at) WHERE ended_at IS NULL`.execute(db);
    await sql`CREATE INDEX tasks_ended ON tasks.tasks (ended_at) WHERE ended_at IS NOT NULL`.execute(db);
    await sql`
      CREATE INDEX tasks_to_call_back ON tasks.tasks (ended_at)
      WHERE ended_at IS NOT NULL AND callback_url IS NOT NULL AND callback_sent_at IS NULL`.execute(db);
    await sql`CREATE UNIQUE INDEX tasks_replayed ON tasks.tasks (replay_of, retry_of) WHERE replay_of IS NOT NULL`.execute(
      db,
    );
    await sql`
      CREATE TABLE tasks.keys (
        username text NOT NULL,
        key text NOT NULL,
        task_id uuid NOT NULL,
        -- Of the request: the same key with another one is a mistake.
        request_hash text COLLATE "C" NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (username, key)
      )`.execute(db);
    await sql`CREATE INDEX keys_expired ON tasks.keys (expires_at)`.execute(db);
    await sql`GRANT USAGE ON SCHEMA tasks TO millrace_app`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tasks TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
