import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import {
  type BackfillTurn,
  createBackfill,
  type Estimate,
  estimateBackfill,
  firstTurn,
} from '#record/backfill-book.ts';
import type { PlanSeasons } from '../api/backfill-routes.ts';
import type { SeasonRange } from '../contract.ts';
import type { CountyLetter } from '../publication/counties.ts';
import { executionName, runSubject } from '../publication/run-name.ts';

const workload = 'presale';
const kind = 'season';

export interface SeasonPorts {
  /** Those of a run that names none. */
  readonly counties: readonly CountyLetter[];
  /** ARN of the state machine of runs. */
  readonly door: string;
  /** Puts the first turn into the queue of turns. */
  readonly send: (turn: BackfillTurn) => Promise<void>;
}

/** Estimates a range of seasons, and starts those that have not run, or all, one after another. */
export function seasonPlanner(database: Database<unknown>, { counties, door, send }: SeasonPorts): PlanSeasons {
  return (seasons, request, who) =>
    database.transaction(async ({ query }): Promise<{ id: number | undefined; estimate: Estimate }> => {
      const wanted = [...new Set(request.counties ?? counties)];
      const ran = request.again ? new Set<string>() : await seasonsThatRan(query, seasons, wanted);
      const left = seasons.filter((season) => !ran.has(season));
      const size = { items: seasons.length, toStart: left.length };
      const estimate = await estimateBackfill(query, { workload, kind }, size);
      if (request.dry_run || left.length === 0) return { id: undefined, estimate };
      const items = left.map((season) => ({ name: season, door, start: starter(season, request) }));
      const id = await createBackfill(query, { workload, subject: kind, who, items });
      await send(firstTurn(id));
      return { id, estimate };
    });
}

/** The execution is the backfill's own: asked for twice it is one, and it never meets one that a person started. */
function starter(season: string, { counties }: SeasonRange) {
  const input = JSON.stringify({ season, ...(counties ? { counties } : {}) });
  const name = executionName(runSubject({ season }));
  return (backfillId: number) => ({ execution: `${name}-backfill-${backfillId}`, input });
}

/** A season has run when each county that is wanted is in, whichever runs brought them, or a run is at all of them. */
async function seasonsThatRan(
  query: Database<unknown>['query'],
  seasons: readonly string[],
  wanted: readonly CountyLetter[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM presale.runs
    WHERE name = ANY (${seasons}) AND (state = 'running' AND asked @> ${wanted}::text[]
      OR state <> 'running' AND ${wanted.length} = (SELECT count(*) FROM presale.county_runs
        WHERE run_name = name AND letter = ANY (${wanted}) AND county_runs.state IN ('loaded', 'empty')
          AND county_runs.reason IS NULL))`.execute(query);
  return new Set(rows.map(({ name }) => name));
}
