import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** More kinds of failures, inputs that an execution keeps, what a person says to it, and replays of many at once. */
export const failureSources: Migration = {
  async up(db) {
    await createReplays(db);
    await sql`
      ALTER TABLE platform.failures
        DROP CONSTRAINT failures_source_kind_check,
        ADD CONSTRAINT failures_source_kind CHECK (source_kind IN ('queue', 'function', 'schedule', 'rule',
          'state-machine', 'step', 'file', 'mail', 'stream')),
        ADD COLUMN input_execution text,
        DROP CONSTRAINT failures_keep_input,
        ADD CONSTRAINT failures_keep_input CHECK (num_nonnulls(input, input_key, input_execution) = 1),
        ADD COLUMN note text,
        ADD COLUMN replay_id bigint REFERENCES platform.replays (id),
        ADD COLUMN sent_at timestamptz`.execute(db);
    await sql`
      CREATE INDEX failures_by_replay ON platform.failures (replay_id, id) WHERE replay_id IS NOT NULL`.execute(db);
    // Whoever puts something right says so by the beginning of its keys.
    await sql`
      CREATE INDEX failures_unsettled ON platform.failures (workload, natural_key)
        WHERE state IN ('open', 'replayed')`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.replays TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};

/** A replay of many: its failures name it, taken ones are sent in portions at `rate` a second. */
async function createReplays(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE platform.replays (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      filter json NOT NULL,
      rate double precision NOT NULL CHECK (rate > 0),
      chosen integer NOT NULL,
      state text COLLATE "C" NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'stopped')),
      asked_by text NOT NULL,
      asked_at timestamptz NOT NULL DEFAULT now(),
      changed_at timestamptz
    )`.execute(db);
}
