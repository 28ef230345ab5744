import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Runs of every workload, the slots of every schedule, and backfills. */
export const platformRuns: Migration = {
  async up(db) {
    await createRuns(db);
    await createSlots(db);
    await createBackfills(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA platform TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};

/** A count that nobody knows is null, never 0: then lost is null as well, and nothing is claimed about it. */
async function createRuns(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE platform.runs (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      workload text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      -- Who works on it now: a run that is started again keeps its name and gets another execution.
      execution text COLLATE "C" NOT NULL,
      slot timestamptz,
      state text COLLATE "C" NOT NULL DEFAULT 'running'
        CHECK (state IN ('running', 'succeeded', 'failed', 'stopped')),
      started_at timestamptz NOT NULL,
      ended_at timestamptz,
      rows_in bigint,
      rows_out bigint,
      rows_failed bigint,
      rows_filtered bigint,
      rows_waiting bigint,
      lost bigint GENERATED ALWAYS AS (rows_in - rows_out - rows_failed - rows_filtered - rows_waiting) STORED,
      cost_usd numeric,
      detail json NOT NULL DEFAULT '{}',
      CONSTRAINT runs_natural_key UNIQUE (workload, name),
      CONSTRAINT runs_end CHECK ((state = 'running') = (ended_at IS NULL))
    )`.execute(db);
  await sql`CREATE INDEX runs_by_time ON platform.runs (started_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX runs_that_lost ON platform.runs (started_at DESC) WHERE lost <> 0`.execute(db);
}

/** settled_to: every slot up to this moment has its row. It begins where the schedule was first seen. */
async function createSlots(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE platform.schedules (
      name text COLLATE "C" PRIMARY KEY,
      expression text NOT NULL,
      time_zone text NOT NULL,
      catch_up text COLLATE "C" NOT NULL CHECK (catch_up IN ('run-once', 'run-all', 'skip')),
      enabled boolean NOT NULL,
      first_seen_at timestamptz NOT NULL,
      settled_to timestamptz NOT NULL
    )`.execute(db);
  await sql`
    CREATE TABLE platform.slots (
      schedule text COLLATE "C" NOT NULL,
      scheduled_at timestamptz NOT NULL,
      state text COLLATE "C" NOT NULL CHECK (state IN ('started', 'missed', 'skipped', 'caught-up', 'backfilled')),
      -- Workload and name of the run that the start led to; null where there is none or the function names none.
      workload text COLLATE "C",
      run text COLLATE "C",
      who text COLLATE "C" NOT NULL,
      started_at timestamptz,
      missed_at timestamptz,
      asked_at timestamptz,
      asks integer NOT NULL DEFAULT 0,
      PRIMARY KEY (schedule, scheduled_at)
    )`.execute(db);
  await sql`CREATE INDEX slots_by_time ON platform.slots (scheduled_at DESC, schedule)`.execute(db);
  await sql`CREATE INDEX slots_by_run ON platform.slots (workload, run) WHERE run IS NOT NULL`.execute(db);
  await sql`CREATE INDEX slots_missed ON platform.slots (schedule, scheduled_at) WHERE state = 'missed'`.execute(db);
}

/** turn: which message of a backfill's chain is the one that counts; any other is a repetition. */
async function createBackfills(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE platform.backfills (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      workload text COLLATE "C" NOT NULL,
      subject text COLLATE "C" NOT NULL,
      first text COLLATE "C" NOT NULL,
      last text COLLATE "C" NOT NULL,
      who text COLLATE "C" NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      turn integer NOT NULL DEFAULT 1,
      turn_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz
    )`.execute(db);
  await sql`
    CREATE TABLE platform.backfill_items (
      backfill_id bigint NOT NULL REFERENCES platform.backfills (id),
      ordinal integer NOT NULL,
      name text COLLATE "C" NOT NULL,
      scheduled_at timestamptz,
      execution text COLLATE "C" NOT NULL,
      door text NOT NULL,
      input text NOT NULL,
      asked_at timestamptz,
      PRIMARY KEY (backfill_id, ordinal)
    )`.execute(db);
}
