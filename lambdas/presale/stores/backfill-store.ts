import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import {
  type BackfillTurn,
  createBackfill,
  type Estimate,
  estimateBackfill,
  firstTurn,
} from '#adapters/runs/backfill-book.ts';
import type { PlanSeasons } from '../api/backfill-routes.ts';
import type { SeasonRange } from '../contract.ts';
import { executionName, runSubject } from '../publication/run-name.ts';

const workload = 'presale';
const kind = 'season';

export interface SeasonPorts {
  /** ARN of the state machine of runs. */
  readonly door: string;
  /** Puts the first turn into the queue of turns. */
  readonly send: (turn: BackfillTurn) => Promise<void>;
}

/** Estimates a range of seasons, and starts those that have not run, or all, one after another. */
export function seasonPlanner(database: Database<unknown>, { door, send }: SeasonPorts): PlanSeasons {
  return (seasons, request, who) =>
    database.transaction(async ({ query }): Promise<{ id: number | undefined; estimate: Estimate }> => {
      const ran = request.again ? new Set<string>() : await seasonsThatRan(query, seasons);
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

async function seasonsThatRan(
  query: Database<unknown>['query'],
  seasons: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM platform.runs
    WHERE workload = ${workload} AND state IN ('succeeded', 'running') AND name = ANY (${seasons})`.execute(query);
  return new Set(rows.map(({ name }) => name));
}
