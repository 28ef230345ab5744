import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { ItemPorts, ShownItem } from './ports.ts';

const shown = sql`item_id, scenario_id, metadata, status, created_at, updated_at`;

/** Items as people look at them. */
export function itemView({ query }: Database<unknown>): ItemPorts['items'] {
  return {
    async find({ tenant_id, scenario_id, item_id }) {
      const { rows } = await sql<ShownItem>`
        SELECT ${shown} FROM recommender.items
        WHERE tenant_id = ${tenant_id} AND scenario_id = ${scenario_id} AND item_id = ${item_id}
          AND deleted_at IS NULL`.execute(query);
      return rows[0];
    },
  };
}
