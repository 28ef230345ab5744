import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { StaleCounty, StaleStatistics } from '../../ports.ts';
import type { CountyLetter } from '../../publication/counties.ts';
import type { PresaleTables } from '../tables.ts';

/** Says in a load's transaction that the county's statistics lag behind it: whatever happens next, a refresh knows. */
export async function statisticsLag(query: Session<PresaleTables>['query'], letter: CountyLetter): Promise<void> {
  await sql`
    INSERT INTO presale.stale_statistics (letter, loaded_by) VALUES (${letter}, pg_current_xact_id())
    ON CONFLICT (letter) DO UPDATE SET loaded_by = excluded.loaded_by`.execute(query);
}

/** Counties whose statistics lag behind their deals, in presale.stale_statistics. */
export function staleStatistics({ query }: Database<PresaleTables>): StaleStatistics {
  return {
    async read() {
      const { rows } = await sql<StaleCounty>`
        SELECT letter, loaded_by::text FROM presale.stale_statistics ORDER BY letter`.execute(query);
      return rows;
    },
    async settle(counties) {
      const letters = counties.map(({ letter }) => letter);
      const loads = counties.map(({ loaded_by }) => loaded_by);
      await sql`
        DELETE FROM presale.stale_statistics s USING unnest(${letters}::text[], ${loads}::text[]) AS done (letter, loaded_by)
        WHERE s.letter = done.letter AND s.loaded_by::text = done.loaded_by`.execute(query);
    },
  };
}
