import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * A run tells the truth about all counties that it was ever asked for: `counties` are those, `asked` those of the last
 * execution, `whole` says that all there are were asked for once. A run of some counties used to hide the others; such
 * rows are put right. Statistics that lag behind a load are known by the load's transaction, until they are computed.
 */
export const presalePartialRuns: Migration = {
  async up(db) {
    await sql`
      ALTER TABLE presale.runs ADD COLUMN asked text[], ADD COLUMN whole boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT runs_state_check,
        ADD CONSTRAINT runs_state_check CHECK (state IN ('running', 'complete', 'partial', 'failed'))`.execute(db);
    await sql`
      ALTER TABLE platform.runs DROP CONSTRAINT runs_state_check,
        ADD CONSTRAINT runs_state_check CHECK (state IN ('running', 'succeeded', 'partial', 'failed', 'stopped'))`.execute(
      db,
    );
    await sql`CREATE TABLE presale.stale_statistics (letter text COLLATE "C" PRIMARY KEY, loaded_by xid8 NOT NULL)`.execute(
      db,
    );
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON presale.stale_statistics TO millrace_app`.execute(db);
    await tellTheTruth(db);
    await sql`ALTER TABLE presale.runs ALTER COLUMN asked SET NOT NULL`.execute(db);
  },
  down: forwardOnly,
};

async function tellTheTruth(db: Kysely<unknown>): Promise<void> {
  await sql`
    UPDATE presale.runs SET asked = counties, whole = cardinality(counties) = 22, counties = ARRAY(
      SELECT unnest(counties) AS letter UNION SELECT c.letter FROM presale.county_runs c WHERE c.run_name = name
      ORDER BY letter)`.execute(db);
  await sql`
    WITH missing AS (
      SELECT r.name, 'Not loaded: ' || string_agg(
        k.letter || coalesce(' (' || left(c.reason, 200) || ')', ''), '; ' ORDER BY k.letter) AS reason
      FROM presale.runs r CROSS JOIN unnest(r.counties) AS k (letter)
      LEFT JOIN presale.county_runs c ON c.run_name = r.name AND c.letter = k.letter
      WHERE c.state IS NULL OR c.state NOT IN ('loaded', 'empty')
      GROUP BY r.name
    ), told AS (
      UPDATE presale.runs r SET state = 'partial', reason = m.reason FROM missing m
      WHERE m.name = r.name AND (r.state = 'complete' OR r.state = 'failed' AND EXISTS (
        SELECT FROM presale.county_runs c WHERE c.run_name = r.name AND c.state = 'loaded'))
      RETURNING r.name, r.reason
    )
    UPDATE platform.runs p SET state = 'partial', detail = json_build_object('reason', told.reason) FROM told
    WHERE p.workload = 'presale' AND p.name = told.name AND p.state IN ('succeeded', 'failed')`.execute(db);
}
