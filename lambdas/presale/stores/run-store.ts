import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { closeRun, openRun, type RunCounts } from '#adapters/run-book.ts';
import type { CountyOutcome, RunPlan } from '../contract.ts';
import type { CountyReport, RunBook } from '../ports.ts';
import { counties } from '../publication/counties.ts';
import { type RunWork, runCostUsd } from '../steps/run-cost.ts';
import type { PresaleTables } from './tables.ts';

const workload = 'presale';

/** Runs and their counties, in presale.runs and presale.county_runs, and each run in the book of all workloads. */
export function runStore(database: Database<PresaleTables>): RunBook {
  const { query } = database;
  return {
    begin: (plan) => database.transaction((session) => begin(session.query, plan)),
    async keepRound(plan, outcomes, attempt) {
      await sql`UPDATE presale.runs SET attempts = ${attempt} WHERE name = ${plan.name}`.execute(query);
      for (const outcome of outcomes) if (outcome.state !== 'loaded') await keepUnloaded(query, plan, outcome);
    },
    async facts(plan) {
      const { rows } = await factsOf(plan).execute(query);
      return rows;
    },
    end: (plan, state, reason) => database.transaction((session) => end(session.query, plan, { state, reason })),
  };
}

type Query = Database<PresaleTables>['query'];

async function begin(query: Query, plan: RunPlan): Promise<void> {
  await sql`
    INSERT INTO presale.runs (name, run_id, publication_date, season, counties, state, started_at)
    VALUES (${plan.name}, ${plan.run_id}, ${plan.publication_date}, ${plan.season}, ${plan.counties}, 'running', now())
    ON CONFLICT (name) DO UPDATE
    SET run_id = excluded.run_id, counties = excluded.counties, state = 'running', attempts = 0, reason = NULL,
      started_at = excluded.started_at, ended_at = NULL
    WHERE runs.run_id <> excluded.run_id`.execute(query);
  const kind = plan.season === null ? 'publication' : 'season';
  await openRun(query, { workload, name: plan.name, execution: plan.run_id, kind, startedAt: new Date() });
}

async function end(
  query: Query,
  { name, run_id }: Parameters<RunBook['end']>[0],
  { state, reason }: { readonly state: 'complete' | 'failed'; readonly reason: string | undefined },
): Promise<void> {
  await sql`
    UPDATE presale.runs SET state = ${state}, reason = ${reason ?? null}, ended_at = now()
    WHERE name = ${name} AND run_id = ${run_id}`.execute(query);
  const { rows } = await workOf(name).execute(query);
  const [work] = rows;
  await closeRun(query, {
    workload,
    name,
    execution: run_id,
    state: state === 'complete' ? 'succeeded' : 'failed',
    ...(work ? { counts: work, costUsd: runCostUsd(work) } : {}),
    detail: reason === undefined ? {} : { reason },
  });
}

/** A row of a file ends as a deal, as a problem, or behind an equal row or a newer publication's. */
function workOf(name: string) {
  return sql<RunCounts & RunWork>`
    SELECT coalesce(sum(c.rows_read), 0) AS in, coalesce(sum(c.inserted + c.updated + c.unchanged), 0) AS out,
      coalesce(sum(c.problems), 0) AS failed, coalesce(sum(c.duplicates + c.kept_newer), 0) AS filtered, 0 AS waiting,
      coalesce(sum(c.fetch_ms + c.load_ms), 0) AS milliseconds, cardinality(r.counties) AS counties, r.attempts AS rounds
    FROM presale.runs r
    LEFT JOIN presale.county_runs c
      ON c.run_name = r.name AND c.letter = ANY (r.counties) AND c.state = 'loaded'
    WHERE r.name = ${name}
    GROUP BY r.name`;
}

/**
 * Counts of an earlier load stay: they are still what the database holds. A file that is gone from the site undoes
 * nothing that an earlier run settled.
 */
async function keepUnloaded(query: Query, plan: RunPlan, outcome: CountyOutcome) {
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
