import { type QueryExecutorProvider, sql } from 'kysely';
import { storableJson } from '#kit/text/storable.ts';
import type { Delivery } from '../task.ts';

// A callback is tried five times, and by hand as often as people replay it.
const mostKept = 100;

/** Writes a try to call back to its task's row; the same one told twice is one. */
export function deliveryStore(query: QueryExecutorProvider): (id: string, delivery: Delivery) => Promise<void> {
  return async (id, { at, error }) => {
    await sql`
      UPDATE tasks.tasks SET deliveries = deliveries || ${JSON.stringify(storableJson([{ at, error }]))}::jsonb
      WHERE id = ${id} AND NOT deliveries @> ${JSON.stringify([{ at }])}::jsonb
        AND jsonb_array_length(deliveries) < ${mostKept}`.execute(query);
  };
}
