import { paged } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { RunReader } from '../api/ports.ts';
import type { PresaleTables, RunReport, RunRow } from './tables.ts';

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
  return runs.map((run) => ({
    ...run,
    results: results
      .filter(({ run_name, letter }) => run_name === run.name && run.counties.includes(letter))
      .map(({ run_name: _, ...result }) => result),
  }));
}
