import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { SavedQueries, SavedQuery } from './saved-query.ts';

/** Queries with a name, in platform.saved_queries. */
export function savedQueries(database: Database<unknown>): SavedQueries {
  return {
    async list() {
      const { rows } = await sql<SavedQuery>`
        SELECT name, sql, saved_by, saved_at FROM platform.saved_queries ORDER BY name`.execute(database.query);
      return rows;
    },
    async save({ name, sql: text, saved_by }) {
      await sql`
        INSERT INTO platform.saved_queries (name, sql, saved_by) VALUES (${name}, ${text}, ${saved_by})
        ON CONFLICT (name) DO UPDATE
        SET sql = excluded.sql, saved_by = excluded.saved_by, saved_at = excluded.saved_at`.execute(database.query);
    },
    async remove(name) {
      const { numAffectedRows } = await sql`
        DELETE FROM platform.saved_queries WHERE name = ${name}`.execute(database.query);
      return numAffectedRows === 1n;
    },
  };
}
