import { sql } from 'kysely';
import { copyUpsert } from '#adapters/database/copy-upsert.ts';
import type { Session } from '#adapters/database.ts';
import { arrayText } from '#kit/text/copy-text.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { WithFactors } from './model-record.ts';

const target = {
  table: 'recommender.item_vectors',
  columns: ['tenant_id', 'scenario_id', 'item_id', 'kind', 'model_id', 'vector', 'made_at'],
  key: ['tenant_id', 'scenario_id', 'item_id', 'kind'],
};

/**
 * Puts the item factors of a model in the place of those before, in recommender.item_vectors; none where it has none. Within
 * the transaction that puts the model online, so that the two are always of one model.
 */
export async function replaceFactors<T>(
  session: Session<T>,
  { tenant, scenario }: ScenarioKey,
  { modelId, at, fitted }: { readonly modelId: string; readonly at: Date; readonly fitted: WithFactors },
): Promise<void> {
  await sql`
    DELETE FROM recommender.item_vectors
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND kind = 'factors'`.execute(session.query);
  const rows = directionsOf(fitted).map(({ item, vector }) => {
    return [tenant, scenario, item, 'factors', modelId, arrayText(vector), at.toISOString()];
  });
  if (rows.length > 0) await copyUpsert(session, target, [rows]);
}

/** Vectors of length 1; an untouched item has no direction, and so no vector. */
function directionsOf({ items, factors }: WithFactors) {
  if (factors === undefined) return [];
  const { width, values } = factors;
  return items.flatMap((item, place) => {
    const vector = [...values.subarray(place * width, (place + 1) * width)];
    const length = Math.hypot(...vector);
    return length > 0 ? [{ item, vector: vector.map((value) => value / length) }] : [];
  });
}
