import { sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database, Session } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import { ConflictError } from '#kit/errors.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import { replaceFactors } from './factors-store.ts';
import type { ModelBook, ModelRecord, ModelState, WithFactors } from './model-record.ts';

const columns = sql`model_id, scenario_id, kind, parameters, metrics, data_window, counts, chosen_because, object_key,
  state, created_at, promoted_at, file_removed_at`;

/** What a list of models may be narrowed to. */
export interface ModelFilter {
  readonly scenario?: string | undefined;
  readonly state?: ModelState | undefined;
}

/** Lists the models of a tenant, newest first. */
export type ListModels = (tenant: string, filter: ModelFilter, paging: Paging) => Promise<Page<ModelRecord>>;

type Query = Database<unknown>['query'];

/** In recommender.models. */
export function modelBook({
  query,
  transaction,
}: Pick<Database<unknown>, 'query' | 'transaction'>): ModelBook & { readonly list: ListModels } {
  const find = async (tenant: string, modelId: string) => {
    const { rows } = await sql<ModelRecord>`
      SELECT ${columns} FROM recommender.models WHERE tenant_id = ${tenant} AND model_id = ${modelId}`.execute(query);
    return rows[0];
  };
  return {
    find,
    keep: (key, model, fitted) => transaction((session) => insert(session, key, { model, fitted })),
    async online({ tenant, scenario }) {
      const { rows } = await sql<ModelRecord>`
        SELECT ${columns} FROM recommender.models
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND state = 'online'`.execute(query);
      return rows[0];
    },
    async promote(tenant, modelId, { at, read }) {
      const model = await find(tenant, modelId);
      if (!model) return undefined;
      if (model.file_removed_at !== null) throw removed(modelId);
      const fitted = await read(model);
      const key = { tenant, scenario: model.scenario_id };
      await transaction((session) => putOnline(session, key, { modelId, at, fitted }));
      return find(tenant, modelId);
    },
    list: (tenant, filter, paging) => listed(query, tenant, { filter, paging }),
  };
}

/** The index of models online takes none of two, so the older goes first; who comes at the same time waits for the lock. */
async function retire(on: Query, { tenant, scenario }: ScenarioKey, at: Date): Promise<void> {
  await sql`
    SELECT pg_advisory_xact_lock(hashtextextended(${JSON.stringify(['models', tenant, scenario])}, 0))`.execute(on);
  await sql`
    UPDATE recommender.models SET state = 'retired', retired_at = ${at.toISOString()}
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND state = 'online'`.execute(on);
}

const removed = (modelId: string) => new ConflictError(`模型文件已清理，无法上线: ${modelId}`);

async function putOnline(
  session: Session<unknown>,
  key: ScenarioKey,
  { modelId, at, fitted }: { readonly modelId: string; readonly at: Date; readonly fitted: WithFactors },
): Promise<void> {
  await retire(session.query, key, at);
  const { numAffectedRows: promoted = 0n } = await sql`
    UPDATE recommender.models SET state = 'online', promoted_at = ${at.toISOString()}
    WHERE tenant_id = ${key.tenant} AND scenario_id = ${key.scenario} AND model_id = ${modelId}
      AND file_removed_at IS NULL`.execute(session.query);
  // All of this is undone: the one that was online stays so.
  if (promoted === 0n) throw removed(modelId);
  await replaceFactors(session, key, { modelId, at, fitted });
}

async function insert(
  session: Session<unknown>,
  key: ScenarioKey,
  { model, fitted }: { readonly model: Parameters<ModelBook['keep']>[1]; readonly fitted: WithFactors },
): Promise<void> {
  const isOnline = model.state === 'online';
  if (isOnline) await retire(session.query, key, model.created_at);
  const at = model.created_at.toISOString();
  await sql`
    INSERT INTO recommender.models (tenant_id, scenario_id, model_id, kind, parameters, metrics, data_window, counts,
      chosen_because, object_key, state, created_at, promoted_at)
    VALUES (${key.tenant}, ${key.scenario}, ${model.model_id}, ${model.kind}, ${JSON.stringify(model.parameters)}::jsonb,
      ${JSON.stringify(model.metrics)}::jsonb, ${JSON.stringify(model.data_window)}::jsonb,
      ${JSON.stringify(model.counts)}::jsonb, ${model.chosen_because}, ${model.object_key}, ${model.state},
      ${at}, ${isOnline ? at : null})`.execute(session.query);
  if (isOnline) await replaceFactors(session, key, { modelId: model.model_id, at: model.created_at, fitted });
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
