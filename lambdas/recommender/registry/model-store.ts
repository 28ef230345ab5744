import { sql } from 'kysely';
import { pagedListing } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
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

/** In recommender.models. */
export function modelBook({ query }: Pick<Database<unknown>, 'query'>): ModelBook & { readonly list: ListModels } {
  // One statement sees no rows of its own, and the index of models online takes none of two: so the older goes first.
  const retire = (on: typeof query, tenant: string, scenario: string) =>
    sql`UPDATE recommender.models SET state = 'retired'
      WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND state = 'online'`.execute(on);

  async function find(tenant: string, modelId: string): Promise<ModelRecord | undefined> {
    const { rows } = await sql<ModelRecord>`
      SELECT ${columns} FROM recommender.models WHERE tenant_id = ${tenant} AND model_id = ${modelId}`.execute(query);
    return rows[0];
  }

  return {
    find,
    async keep({ tenant, scenario }, model) {
      await query.transaction().execute(async (on) => {
        if (model.state === 'online') await retire(on, tenant, scenario);
        await sql`
          INSERT INTO recommender.models (tenant_id, scenario_id, model_id, kind, parameters, metrics, data_window, counts,
            chosen_because, object_key, state, created_at, promoted_at)
          VALUES (${tenant}, ${scenario}, ${model.model_id}, ${model.kind}, ${JSON.stringify(model.parameters)}::jsonb,
            ${JSON.stringify(model.metrics)}::jsonb, ${JSON.stringify(model.data_window)}::jsonb,
            ${JSON.stringify(model.counts)}::jsonb, ${model.chosen_because}, ${model.object_key}, ${model.state},
            ${model.created_at.toISOString()}, ${model.state === 'online' ? model.created_at.toISOString() : null})`.execute(
          on,
        );
      });
    },
    async online({ tenant, scenario }) {
      const { rows } = await sql<ModelRecord>`
        SELECT ${columns} FROM recommender.models
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND state = 'online'`.execute(query);
      return rows[0];
    },
    async promote(tenant, modelId, at) {
      const model = await find(tenant, modelId);
      if (!model) return undefined;
      await query.transaction().execute(async (on) => {
        await retire(on, tenant, model.scenario_id);
        await sql`
          UPDATE recommender.models SET state = 'online', promoted_at = ${at.toISOString()}
          WHERE tenant_id = ${tenant} AND scenario_id = ${model.scenario_id} AND model_id = ${modelId}`.execute(on);
      });
      return find(tenant, modelId);
    },
    list: (tenant, { scenario, state }, paging) =>
      pagedListing<ModelRecord>(
        query,
        {
          select: columns,
          from: sql`recommender.models`,
          where: [
            sql`tenant_id = ${tenant}`,
            ...(scenario === undefined ? [] : [sql`scenario_id = ${scenario}`]),
            ...(state === undefined ? [] : [sql`state = ${state}`]),
          ],
          order: sql`created_at DESC, model_id`,
        },
        paging,
      ),
  };
}
