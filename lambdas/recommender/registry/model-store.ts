import { sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { ModelBook, ModelRecord, ModelState } from './model-record.ts';

const columns = sql`model_id, scenario_id, kind, parameters, metrics, data_window, counts, chosen_because, object_key,
  state, created_at, promoted_at`;

/** What a list of models may be narrowed to. */
export interface ModelFilter {
  readonly scenario?: string | undefined;
  readonly state?: ModelState | undefined;
}

/** Lists the models of a tenant, newest first. */
export type ListModels = (tenant: string, filter: ModelFilter, paging: Paging) => Promise<Page<ModelRecord>>;

type Query = Database<unknown>['query'];

/** In recommender.models. */
export function modelBook({ query }: Pick<Database<unknown>, 'query'>): ModelBook & { readonly list: ListModels } {
  const find = async (tenant: string, modelId: string) => {
    const { rows } = await sql<ModelRecord>`
      SELECT ${columns} FROM recommender.models WHERE tenant_id = ${tenant} AND model_id = ${modelId}`.execute(query);
    return rows[0];
  };
  return {
    find,
    keep: (key, model) => query.transaction().execute((on) => insert(on, key, model)),
    async online({ tenant, scenario }) {
      const { rows } = await sql<ModelRecord>`
        SELECT ${columns} FROM recommender.models
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND state = 'online'`.execute(query);
      return rows[0];
    },
    async promote(tenant, modelId, at) {
      const model = await find(tenant, modelId);
      if (!model) return undefined;
      const key = { tenant, scenario: model.scenario_id };
      await query.transaction().execute((on) => putOnline(on, key, { modelId, at }));
      return find(tenant, modelId);
    },
    list: (tenant, filter, paging) => listed(query, tenant, { filter, paging }),
  };
}

/** The index of models online takes none of two, so the older goes first; who comes at the same time waits for the lock. */
async function retire(on: Query, { tenant, scenario }: ScenarioKey): Promise<void> {
  await sql`
    SELECT pg_advisory_xact_lock(hashtextextended(${JSON.stringify(['models', tenant, scenario])}, 0))`.execute(on);
  await sql`
    UPDATE recommender.models SET state = 'retired'
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND state = 'online'`.execute(on);
}

async function putOnline(
  on: Query,
  key: ScenarioKey,
  { modelId, at }: { readonly modelId: string; readonly at: Date },
): Promise<void> {
  await retire(on, key);
  await sql`
    UPDATE recommender.models SET state = 'online', promoted_at = ${at.toISOString()}
    WHERE tenant_id = ${key.tenant} AND scenario_id = ${key.scenario} AND model_id = ${modelId}`.execute(on);
}

async function insert(on: Query, key: ScenarioKey, model: Parameters<ModelBook['keep']>[1]): Promise<void> {
  if (model.state === 'online') await retire(on, key);
  const at = model.created_at.toISOString();
  await sql`
    INSERT INTO recommender.models (tenant_id, scenario_id, model_id, kind, parameters, metrics, data_window, counts,
      chosen_because, object_key, state, created_at, promoted_at)
    VALUES (${key.tenant}, ${key.scenario}, ${model.model_id}, ${model.kind}, ${JSON.stringify(model.parameters)}::jsonb,
      ${JSON.stringify(model.metrics)}::jsonb, ${JSON.stringify(model.data_window)}::jsonb,
      ${JSON.stringify(model.counts)}::jsonb, ${model.chosen_because}, ${model.object_key}, ${model.state},
      ${at}, ${model.state === 'online' ? at : null})`.execute(on);
}

function listed(
  query: Query,
  tenant: string,
  { filter: { scenario, state }, paging }: { readonly filter: ModelFilter; readonly paging: Paging },
): Promise<Page<ModelRecord>> {
  const where = [
    sql`tenant_id = ${tenant}`,
    ...(scenario === undefined ? [] : [sql`scenario_id = ${scenario}`]),
    ...(state === undefined ? [] : [sql`state = ${state}`]),
  ];
  const from = sql`recommender.models`;
  return pagedListing<ModelRecord>(
    query,
    { select: columns, from, where, order: sql`created_at DESC, model_id` },
    paging,
  );
}
