import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** What all workloads share: the failure ledger. */
export const platform: Migration = {
  async up(db) {
    await sql`CREATE SCHEMA platform`.execute(db);
    await createFailures(db);
    await sql`GRANT USAGE ON SCHEMA platform TO millrace_app`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA platform TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};

/** input is text, not json: it is kept as it was received, whatever it was. One place holds it: the row or the bucket. */
async function createFailures(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE platform.failures (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      natural_key text COLLATE "C" NOT NULL,
      workload text COLLATE "C" NOT NULL,
      source_kind text COLLATE "C" NOT NULL
        CHECK (source_kind IN ('queue', 'function', 'schedule', 'rule', 'state-machine', 'file')),
      source_name text COLLATE "C" NOT NULL,
      door text,
      reason text COLLATE "C" NOT NULL,
      message text NOT NULL,
      stack text,
      input text,
      input_key text,
      attributes json NOT NULL,
      occurred_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      attempts integer,
      state text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'resolved', 'discarded')),
      replay_of bigint REFERENCES platform.failures (id),
      changed_by text,
      changed_at timestamptz,
      CONSTRAINT failures_natural_key UNIQUE (natural_key),
      CONSTRAINT failures_keep_input CHECK (num_nonnulls(input, input_key) = 1)
    )`.execute(db);
  await sql`CREATE INDEX failures_by_time ON platform.failures (occurred_at DESC, id DESC)`.execute(db);
  await sql`
    CREATE INDEX failures_by_reason ON platform.failures (state, workload, source_name, reason, occurred_at)`.execute(
    db,
  );
  await sql`CREATE INDEX failures_by_lineage ON platform.failures (replay_of) WHERE replay_of IS NOT NULL`.execute(db);
}
