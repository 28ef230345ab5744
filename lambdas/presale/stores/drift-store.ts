import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { raiseAlert } from '#record/alert-book.ts';
import type { CountyFile, DriftBook, EarlierCounts } from '../ports.ts';
import type { PresaleTables } from './tables.ts';

/** What is remembered of earlier files: their columns in presale.headers, their counts in presale.county_runs. */
export function driftStore(database: Database<PresaleTables>): DriftBook {
  const { query } = database;
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
    tell: (plan, oddities) =>
      database.transaction(async (session) => {
        const columns = await columnsToTell(session.query, plan.run_id);
        const alerts = [
          ...columns.map(({ name, letter }) => ({
            naturalKey: `presale-column:${name}`,
            message: `A new column, first seen in ${letter}: ${name}`,
          })),
          ...oddities.map((message) => ({ naturalKey: `presale-drift:${plan.name}:${message}`, message })),
        ];
        let news = 0;
        for (const alert of alerts) if ((await raise(session.query, alert)) === 'new') news += 1;
        return { sentences: alerts.map(({ message }) => message), news };
      }),
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

function raise(query: Database<PresaleTables>['query'], alert: { naturalKey: string; message: string }) {
  return raiseAlert(query, { ...alert, workload: 'presale', severity: 'low', name: 'presale-files-drift' });
}

/** New columns that no report told of, and those that this execution has told of already: its report may be composed twice. */
async function columnsToTell(query: Database<PresaleTables>['query'], runId: string) {
  await sql`
    UPDATE presale.headers SET alerted_at = now(), alerted_by = ${runId} WHERE alerted_at IS NULL`.execute(query);
  const { rows } = await sql<{ name: string; letter: string }>`
    SELECT name, letter FROM presale.headers WHERE alerted_by = ${runId} ORDER BY name`.execute(query);
  return rows;
}
