import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { CountyFile, DriftBook, EarlierCounts } from '../ports.ts';
import type { PresaleTables } from './tables.ts';

/** What is remembered of earlier files: their columns in presale.headers, their counts in presale.county_runs. */
export function driftStore({ query }: Database<PresaleTables>): DriftBook {
  return {
    async sawColumns({ plan, county }: CountyFile, names) {
      for (const name of names) {
        await sql`
          INSERT INTO presale.headers (name, run_name, run_id, letter, seen_at)
          VALUES (${name}, ${plan.name}, ${plan.run_id}, ${county}, now()) ON CONFLICT (name) DO NOTHING`.execute(
          query,
        );
      }
    },
    async newColumns({ run_id }) {
      const { rows } = await sql<{ name: string; letter: string }>`
        SELECT name, letter FROM presale.headers WHERE run_id = ${run_id} ORDER BY name`.execute(query);
      return rows;
    },
    async earlier(plan) {
      const { rows } = await sql<EarlierCounts>`
        SELECT letter AS county, array_agg(rows_read) AS rows_read, array_agg(problems) AS problems
        FROM (
          SELECT c.letter, c.rows_read, c.problems,
            row_number() OVER (PARTITION BY c.letter ORDER BY r.publication_date DESC) AS place
          FROM presale.county_runs c JOIN presale.runs r ON r.name = c.run_name
          WHERE c.source_key IS NOT NULL AND c.letter = ANY (${plan.counties})
            AND r.publication_date < ${plan.publication_date}::date
            AND (r.season IS NULL) = ${plan.season === null}
        ) AS before
        WHERE place <= 6 GROUP BY letter`.execute(query);
      return rows.map(({ county, rows_read, problems }) => ({
        county,
        rows_read: rows_read.map(Number),
        problems: problems.map(Number),
      }));
    },
  };
}
