import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';

/** Makes the partitions of days, outside of any transaction that writes to them. */
export function dayMaker(
  { query }: Pick<Database<unknown>, 'query'>,
  table: 'behaviors' | 'answers',
): (days: Iterable<string>) => Promise<void> {
  const made = new Set<string>();
  return async (days) => {
    for (const day of new Set(days)) {
      if (made.has(day)) continue;
      await sql`SELECT recommender.make_day(${table}, ${day}::date)`.execute(query);
      made.add(day);
    }
  };
}
