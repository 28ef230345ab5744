import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { CountyOutcome, RunPlan } from '../contract.ts';
import type { CountyReport, RunBook } from '../ports.ts';
import { counties } from '../publication/counties.ts';
import type { PresaleTables } from './tables.ts';

/** Runs and their counties, in presale.runs and presale.county_runs. */
export function runStore({ query }: Database<PresaleTables>): RunBook {
  return {
    async begin(plan) {
      await sql`
        INSERT INTO presale.runs (name, run_id, publication_date, season, counties, state, started_at)
        VALUES (${plan.name}, ${plan.run_id}, ${plan.publication_date}, ${plan.season}, ${plan.counties}, 'running', now())
        ON CONFLICT (name) DO UPDATE
        SET run_id = excluded.run_id, counties = excluded.counties, state = 'running', attempts = 0, reason = NULL,
          started_at = excluded.started_at, ended_at = NULL
        WHERE runs.run_id <> excluded.run_id`.execute(query);
    },
    async keepRound(plan, outcomes, attempt) {
      await sql`UPDATE presale.runs SET attempts = ${attempt} WHERE name = ${plan.name}`.execute(query);
      for (const outcome of outcomes) if (outcome.state !== 'loaded') await keepUnloaded(query, plan, outcome);
    },
    async facts(plan) {
      const { rows } = await factsOf(plan).execute(query);
      return rows;
    },
    async end({ name, run_id }, state, reason) {
      await sql`
        UPDATE presale.runs SET state = ${state}, reason = ${reason ?? null}, ended_at = now()
        WHERE name = ${name} AND run_id = ${run_id}`.execute(query);
    },
  };
}

/**
 * Counts of an earlier load stay: they are still what the database holds. A file that is gone from the site undoes
 * nothing that an earlier run settled.
 */
async function keepUnloaded(query: Database<PresaleTables>['query'], plan: RunPlan, outcome: CountyOutcome) {
  const reason = 'reason' in outcome ? outcome.reason : null;
  const state = outcome.state === 'gone' ? 'failed' : outcome.state;
  await sql`
    INSERT INTO presale.county_runs (run_name, letter, county, run_id, state, reason, updated_at)
    VALUES (${plan.name}, ${outcome.county}, ${counties[outcome.county]}, ${plan.run_id}, ${state}, ${reason}, now())
    ON CONFLICT (run_name, letter) DO UPDATE
    SET run_id = excluded.run_id, state = excluded.state, reason = excluded.reason, updated_at = excluded.updated_at
    WHERE ${outcome.state} <> 'gone' OR county_runs.state NOT IN ('loaded', 'empty')`.execute(query);
}

function factsOf(plan: RunPlan) {
  return sql<CountyReport>`
    SELECT c.letter AS county, c.state, c.reason, c.source_key, c.rows_read, c.good, c.problems, c.duplicates, c.inserted,
      c.updated, c.unchanged, c.kept_newer, c.withdrawn, c.fetch_ms, c.load_ms,
      (SELECT count(*) FROM presale.deals d
        WHERE d.county = c.county AND d.publication_date = ${plan.publication_date}::date
          AND d.withdrawn_at IS NULL) AS rows_in_database,
      (SELECT count(*) FROM presale.problems p
        JOIN presale.deals d ON d.county = c.county AND d.serial_number = p.corrected_serial
          AND d.publication_date = p.publication_date AND d.withdrawn_at IS NULL
        WHERE p.run_name = c.run_name AND p.letter = c.letter) AS corrected
    FROM presale.county_runs c
    WHERE c.run_name = ${plan.name} AND c.letter = ANY (${plan.counties})
    ORDER BY c.letter`;
}
