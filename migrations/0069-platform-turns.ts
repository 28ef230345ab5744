import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Whose turn it is to ask a site, for all workers together (docs/decisions/0069-politeness-in-the-database.md). */
export const platformTurns: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE platform.sites (
        -- A host, or whatever else is asked at one pace: 'briefs/weibo'.
        name text COLLATE "C" PRIMARY KEY,
        -- No request starts before.
        next_at timestamptz NOT NULL DEFAULT 'epoch',
        state text COLLATE "C" NOT NULL DEFAULT 'closed' CHECK (state IN ('closed', 'open', 'paused')),
        -- Why it is open or paused: a word of the workload's.
        reason text,
        -- Refusals and failures in a row.
        failures integer NOT NULL DEFAULT 0,
        -- An open breaker lets a single request try it afterwards.
        until timestamptz,
        CONSTRAINT sites_until CHECK ((state = 'open') = (until IS NOT NULL))
      )`.execute(db);
    await sql`
      CREATE TABLE platform.turns (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        site text COLLATE "C" NOT NULL REFERENCES platform.sites ON DELETE CASCADE,
        trial boolean NOT NULL,
        lease_until timestamptz NOT NULL
      )`.execute(db);
    await sql`CREATE INDEX turns_by_site ON platform.turns (site)`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.sites, platform.turns TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
