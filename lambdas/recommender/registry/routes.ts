import * as z from 'zod';
import { numberedPage } from '#kit/api/paging.ts';
import { choiceParameter, integerParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import { NotFoundError } from '#kit/errors.ts';
import { pageOf } from '../api/envelope.ts';
import type { modelRoutes } from '../api/rooms.ts';
import { tenantOf } from '../api/tenancy.ts';
import { scenarioId } from '../identifiers.ts';
import { modelKinds } from '../models/model.ts';
import { type ModelBook, type ModelRecord, modelStates } from './model-record.ts';
import type { ListModels } from './model-store.ts';

/** What the routes of models need. */
export interface ModelPorts {
  readonly clock: Clock;
  readonly models: Pick<ModelBook, 'find' | 'promote'> & { readonly list: ListModels };
  /** Reads a model before it goes online. */
  readonly readModel: Parameters<ModelBook['promote']>[2]['read'];
}

const measures = z.object({
  ndcg: z.number(),
  map: z.number(),
  precision: z.number(),
  recall: z.number(),
  coverage: z.number(),
  users: z.int(),
});
const shownModel = z
  .object({
    model_id: z.uuid(),
    scenario_id: z.string(),
    kind: z.enum(modelKinds),
    state: z.enum(modelStates),
    parameters: z.record(z.string(), z.unknown()),
    metrics: z.object({
      own: measures,
      beside: z.object({ kind: z.enum(modelKinds), model_id: z.uuid().nullable(), measures }).nullable(),
    }),
    data_window: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
    counts: z.object({ users: z.int(), items: z.int(), interactions: z.int(), held_out: z.int() }),
    chosen_because: z.string(),
    created_at: z.date(),
    promoted_at: z.date().nullable(),
    file_removed_at: z.date().nullable().meta({ description: 'Since then it can’t be put online any more.' }),
  })
  .meta({ id: 'RecommenderModel' });

const path = z.object({ model_id: z.uuid() });

function shown({ object_key: _, ...model }: ModelRecord) {
  return { ...model, parameters: model.parameters as Readonly<Record<string, unknown>> };
}

function known(model: ModelRecord | undefined, modelId: string): ModelRecord {
  if (model === undefined) throw new NotFoundError(`模型不存在: ${modelId}`);
  return model;
}

const listModels = route({
  summary: 'Lists trained models, the newest first',
  permission: 'read',
  query: z.object({
    scenario_id: scenarioId.optional(),
    state: choiceParameter(modelStates).optional(),
    page: integerParameter({ min: 1, max: 1_000_000 }).default(1),
    page_size: integerParameter({ min: 1, max: 100 }).default(20),
  }),
  answers: { 200: pageOf(shownModel) },
  handle: async ({ query: { scenario_id, state, page, page_size }, caller, event }, { models }: ModelPorts) => {
    const paging = numberedPage(page, page_size);
    const { data, total } = await models.list(tenantOf({ caller, event }), { scenario: scenario_id, state }, paging);
    return { status: 200, body: { total, page, page_size, items: data.map(shown) } };
  },
});

const showModel = route({
  summary: 'Shows a model: what it was made of, and how it did beside the one it had to beat',
  permission: 'read',
  path,
  answers: { 200: shownModel },
  handle: async ({ path: { model_id }, caller, event }, { models }: ModelPorts) => {
    return { status: 200, body: shown(known(await models.find(tenantOf({ caller, event }), model_id), model_id)) };
  },
});

const promoteModel = route({
  summary: 'Puts a model online, or an older one back: the next answer is made with it',
  permission: 'operate',
  path,
  answers: { 200: shownModel },
  handle: async ({ path: { model_id }, caller, event }, { models, clock, readModel: read }: ModelPorts) => {
    const promoted = await models.promote(tenantOf({ caller, event }), model_id, { at: clock(), read });
    return { status: 200, body: shown(known(promoted, model_id)) };
  },
});

export const modelsApi = {
  'GET /api/v1/models': listModels,
  'GET /api/v1/models/{model_id}': showModel,
  'POST /api/v1/models/{model_id}/promote': promoteModel,
} satisfies Record<(typeof modelRoutes)[number], unknown>;
