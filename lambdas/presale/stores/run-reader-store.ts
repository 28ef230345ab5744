import { sql } from 'kysely';
import { paged } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import { waitOf } from '#record/run-book.ts';
import type { RunReader } from '../api/ports.ts';
import type { PresaleTables, RunReport, RunRow, RunWaits } from './tables.ts';

type Query = Database<PresaleTables>['query'];

/** Reads runs for the API. */
export function runReader({ query }: Database<PresaleTables>): RunReader {
  const runs = query.selectFrom('presale.runs');
  return {
    async list(paging) {
      const page = await paged(runs.selectAll().orderBy('publication_date', 'desc'), runs, paging);
      return { total: page.total, data: await withResults(query, page.data) };
    },
    async find(publicationDate) {
      const found = await runs.selectAll().where('publication_date', '=', publicationDate).execute();
      return (await withResults(query, found))[0];
    },
  };
}

async function withResults(query: Query, runs: readonly RunRow[]): Promise<RunReport[]> {
  if (runs.length === 0) return [];
  const names = runs.map(({ name }) => name);
  const results = await query
    .selectFrom('presale.county_runs')
    .selectAll()
    .where('run_name', 'in', names)
    .orderBy('letter')
    .execute();
  const waits = await waitsOf(query, names);
  return runs.map((run) => ({
    ...run,
    ...(waits.get(run.name) ?? { waits_for: null, waits_until: null }),
    results: results
      .filter(({ run_name, letter }) => run_name === run.name && run.counties.includes(letter))
      .map(({ run_name: _, ...result }) => result),
  }));
}

/** The book of all workloads knows what a run waits for. */
async function waitsOf(query: Query, names: readonly string[]): Promise<ReadonlyMap<string, RunWaits>> {
  const { rows } = await sql<RunWaits & { name: string }>`
    SELECT r.name, ${waitOf('r')} FROM platform.runs r
    WHERE r.workload = 'presale' AND r.name = ANY (${names})`.execute(query);
  return new Map(rows.map(({ name, ...wait }) => [name, wait]));
}
