import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { closeRun, openRun, type RunCounts } from '#record/run-book.ts';
import type { CountyOutcome, RunPlan } from '../contract.ts';
import { storable } from '../file/storable.ts';
import type { CountyReport, RunBook } from '../ports.ts';
import { counties } from '../publication/counties.ts';
import { type CountyStanding, type RunStanding, runStanding } from '../publication/run-standing.ts';
import { type RunWork, runCostUsd } from '../steps/run-cost.ts';
import type { PresaleTables } from './tables.ts';

const workload = 'presale';

/** Runs and their counties, in presale.runs and presale.county_runs, and each run in the book of all workloads. */
export function runStore(database: Database<PresaleTables>): RunBook {
  const { query } = database;
  return {
    begin: (plan) => database.transaction((session) => begin(session.query, plan)),
    keepRound: (plan, outcomes, attempt) =>
      database.transaction(async (session) => {
        await lockRun(session.query, plan.name);
        await sql`UPDATE presale.runs SET attempts = ${attempt} WHERE name = ${plan.name}`.execute(session.query);
        for (const outcome of outcomes)
          if (outcome.state !== 'loaded') await keepUnloaded(session.query, plan, outcome);
      }),
    async facts(plan) {
      const { rows } = await factsOf(plan).execute(query);
      return rows;
    },
    keepReasons: (plan, reasons) => database.transaction((session) => keepReasons(session.query, plan, reasons)),
    end: (plan, gaveUp) => database.transaction((session) => end(session.query, plan, gaveUp)),
    async of(runId) {
      const { rows } = await sql<{ name: string; run_id: string }>`
        SELECT name, run_id FROM presale.runs WHERE run_id = ${runId}`.execute(query);
      return rows[0];
    },
  };
}

type Query = Database<PresaleTables>['query'];

/** What two executions of one run say of its counties, and how the run stands by it, follow one another. */
async function lockRun(query: Query, name: string): Promise<void> {
  await sql`SELECT FROM presale.runs WHERE name = ${name} FOR UPDATE`.execute(query);
}

/**
 * A run that begins again keeps the counties that it was asked for before. One of all counties there are drops those that
 * are switched off by now, but for what is in of them.
 */
async function begin(query: Query, plan: RunPlan): Promise<void> {
  const whole = plan.whole === true;
  await sql`
    INSERT INTO presale.runs (name, run_id, publication_date, season, counties, asked, whole, state, started_at)
    VALUES (${plan.name}, ${plan.run_id}, ${plan.publication_date}, ${plan.season}, ${plan.counties}, ${plan.counties},
      ${whole}, 'running', now())
    ON CONFLICT (name) DO UPDATE
    SET run_id = excluded.run_id, asked = excluded.asked, whole = runs.whole OR excluded.whole, state = 'running',
      attempts = 0, reason = NULL, started_at = excluded.started_at, ended_at = NULL, counties = ARRAY(
        SELECT unnest(excluded.asked) AS letter UNION SELECT k.letter FROM unnest(runs.counties) AS k (letter)
        WHERE NOT ${whole} OR EXISTS (SELECT FROM presale.county_runs c
          WHERE c.run_name = runs.name AND c.letter = k.letter AND c.state IN ('loaded', 'empty'))
        ORDER BY letter)
    WHERE runs.run_id <> excluded.run_id`.execute(query);
  const kind = plan.season === null ? 'publication' : 'season';
  await openRun(query, { workload, name: plan.name, execution: plan.run_id, kind, startedAt: new Date() });
}

/** A county that is loaded and could not be verified has a reason, as one that failed has. */
async function keepReasons(query: Query, plan: RunPlan, reasons: Parameters<RunBook['keepReasons']>[1]): Promise<void> {
  await lockRun(query, plan.name);
  const told = plan.counties.map((letter) => storable(reasons[letter] ?? ''));
  await sql`
    UPDATE presale.county_runs c SET reason = nullif(told.reason, '')
    FROM unnest(${plan.counties}::text[], ${told}::text[]) AS told (letter, reason)
    WHERE c.run_name = ${plan.name} AND c.letter = told.letter AND c.state IN ('loaded', 'empty')`.execute(query);
  const { reason } = runStanding(await standingsOf(query, plan.name));
  await sql`
    UPDATE presale.runs SET reason = ${reason} WHERE name = ${plan.name} AND state = 'running'`.execute(query);
  await standAnew(query, plan.name);
}

async function end(
  query: Query,
  { name, run_id }: Parameters<RunBook['end']>[0],
  gaveUp: string | undefined,
): Promise<RunStanding> {
  await lockRun(query, name);
  const standing = runStanding(await standingsOf(query, name), gaveUp && storable(gaveUp));
  const { numAffectedRows } = await sql`
    UPDATE presale.runs SET state = ${standing.state}, reason = ${standing.reason}, ended_at = now()
    WHERE name = ${name} AND run_id = ${run_id}`.execute(query);
  if (numAffectedRows !== 0n) await close(query, { name, run_id }, standing);
  else await standAnew(query, name);
  return standing;
}

/** A run that has ended stands otherwise when an older execution of it has gone on and changed its counties since. */
async function standAnew(query: Query, name: string): Promise<void> {
  const { state, reason } = runStanding(await standingsOf(query, name));
  const { rows } = await sql<{ run_id: string }>`
    UPDATE presale.runs SET state = ${state}, reason = ${reason}
    WHERE name = ${name} AND state <> 'running'
      AND (state = 'complete' OR ${state} = 'complete' OR state = 'failed' AND ${state} = 'partial') AND state <> ${state}
    RETURNING run_id`.execute(query);
  const [run] = rows;
  if (run) await close(query, { name, run_id: run.run_id }, { state, reason, missing: {} });
}

async function standingsOf(query: Query, name: string): Promise<readonly CountyStanding[]> {
  const { rows } = await sql<CountyStanding>`
    SELECT k.letter, c.state, c.reason FROM presale.runs r CROSS JOIN unnest(r.counties) AS k (letter)
    LEFT JOIN presale.county_runs c ON c.run_name = r.name AND c.letter = k.letter
    WHERE r.name = ${name} ORDER BY k.letter`.execute(query);
  return rows;
}

const platformStates = { complete: 'succeeded', partial: 'partial', failed: 'failed' } as const;

async function close(query: Query, { name, run_id }: { name: string; run_id: string }, { state, reason }: RunStanding) {
  const { rows } = await workOf(name).execute(query);
  const [work] = rows;
  await closeRun(query, {
    workload,
    name,
    execution: run_id,
    state: platformStates[state],
    ...(work ? { counts: work, costUsd: runCostUsd(work) } : {}),
    detail: reason === null ? {} : { reason },
  });
}

/** A row of a file ends as a deal, as a problem, or behind an equal row or a newer publication's. */
function workOf(name: string) {
  return sql<RunCounts & RunWork>`
    SELECT coalesce(sum(c.rows_read), 0) AS in, coalesce(sum(c.inserted + c.updated + c.unchanged), 0) AS out,
      coalesce(sum(c.problems), 0) AS failed, coalesce(sum(c.duplicates + c.kept_newer), 0) AS filtered, 0 AS waiting,
      coalesce(sum(c.fetch_ms + c.load_ms) FILTER (WHERE c.letter = ANY (r.asked)), 0) AS milliseconds,
      cardinality(r.asked) AS counties, r.attempts AS rounds
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
  const reason = 'reason' in outcome ? storable(outcome.reason) : null;
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
