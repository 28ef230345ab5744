import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { BackfillItemRow } from './run.ts';

type Query = Database<unknown>['query'];

/**
 * The items of a backfill in their order, with what became of each by now: of a slot, what its book and its run say; else
 * the run of that name, by the backfill's own execution or one that came after it was asked for.
 */
export async function itemsOf(query: Query, backfillId: number): Promise<BackfillItemRow[]> {
  const { rows } = await sql<BackfillItemRow>`
    SELECT i.ordinal, i.name, i.asked_at,
      CASE
        WHEN i.asked_at IS NULL THEN 'waiting'
        WHEN r.state IS NOT NULL THEN r.state
        WHEN s.started_at IS NOT NULL THEN 'started'
        WHEN i.asked_at < now() - interval '15 minutes' THEN 'not-started'
        ELSE 'asked'
      END AS state
    FROM platform.backfill_items i
    JOIN platform.backfills b ON b.id = i.backfill_id
    LEFT JOIN platform.slots s
      ON s.schedule = b.subject AND s.scheduled_at = i.scheduled_at AND s.started_at IS NOT NULL
    LEFT JOIN platform.runs r
      ON r.workload = b.workload AND CASE WHEN i.scheduled_at IS NULL
        THEN r.name = i.name AND (r.execution = i.execution OR r.started_at >= i.asked_at)
        ELSE r.name = s.run END
    WHERE i.backfill_id = ${backfillId}
    ORDER BY i.ordinal`.execute(query);
  return rows;
}
