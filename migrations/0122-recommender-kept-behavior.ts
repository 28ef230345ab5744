import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** From which day on the behaviour of a scenario is kept: what is older is past its retention. */
export const recommenderKeptBehavior: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE recommender.kept_behavior (
        tenant_id text COLLATE "C" NOT NULL,
        scenario_id text COLLATE "C" NOT NULL,
        -- No file holds anything of the scenario from before that day.
        kept_from date,
        -- The database has all of the scenario from that day on.
        rows_from date,
        PRIMARY KEY (tenant_id, scenario_id)
      )`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON recommender.kept_behavior TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
