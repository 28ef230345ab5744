import * as z from 'zod';
import { numberedPage, pageParameter } from '#kit/api/paging.ts';
import { integerParameter, textParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { pageOf } from '../api/envelope.ts';
import type { servingRoutes } from '../api/rooms.ts';
import { tenantOf, userOf } from '../api/tenancy.ts';
import { scenarioId } from '../identifiers.ts';
import { profileOf, together } from '../profiles/profile.ts';
import { deedAnswer, profileAnswer, recommendAnswer, similarAnswer } from './answers.ts';
import { itemPath, nextBody, recommendBody, userPath } from './parameters.ts';
import type { ServingPorts } from './ports.ts';
import { type Recommendation, recommend, recommendNext } from './recommend.ts';

const recommendItems = route({
  summary: 'Recommends items to a user (X-User-Id), or to somebody whom nobody knows',
  description: 'The request_id belongs to the events that follow: what was shown is attributed by it.',
  permission: 'read',
  body: recommendBody,
  answers: { 200: recommendAnswer },
  handle: async ({ body, caller, event }, { serving }: ServingPorts) => {
    const { scenario_id, debug, ...asked } = body;
    const key = { tenant: tenantOf({ caller, event }), scenario: scenario_id };
    const user = event.headers['x-user-id'] === undefined ? undefined : userOf({ event });
    return { status: 200, body: answerOf(await recommend({ ...asked, key, user }, serving), debug) };
  },
});

const nextItems = route({
  summary: 'The next page of an answer, nothing twice',
  permission: 'read',
  body: nextBody,
  answers: { 200: recommendAnswer },
  handle: async ({ body, caller, event }, { serving }: ServingPorts) => {
    const next = await recommendNext({ ...body, tenant: tenantOf({ caller, event }) }, serving);
    return { status: 200, body: answerOf(next, false) };
  },
});

const similarItems = route({
  summary: 'Items like one: by what users did, and by what they say',
  permission: 'read',
  path: itemPath,
  query: z.object({ count: integerParameter({ min: 1, max: 100 }).default(20) }),
  answers: { 200: similarAnswer },
  handle: async ({ path, query, caller, event }, { similar }: ServingPorts) => {
    const key = { tenant: tenantOf({ caller, event }), scenario: path.scenario_id };
    const items = await similar(key, { item: path.item_id, count: query.count });
    if (!items) throw new NotFoundError(`物品不存在: ${path.item_id}`);
    return { status: 200, body: { item_id: path.item_id, items } };
  },
});

const userProfile = route({
  summary: 'What a user did within 30 days, and likes',
  permission: 'read',
  path: userPath,
  query: z.object({ scenario_id: scenarioId.optional() }),
  answers: { 200: profileAnswer },
  handle: async ({ path, query, caller, event }, { profiles }: ServingPorts) => {
    const tenant = tenantOf({ caller, event });
    const scenario = query.scenario_id;
    const counts = together(await profiles({ tenant, user: path.user_id, scenario }));
    // The text of a refusal goes into the log, which names no user.
    if (!counts) throw new NotFoundError('用户画像不存在');
    return {
      status: 200,
      body: { user_id: path.user_id, scenario_id: scenario ?? null, ...profileOf(counts) },
    };
  },
});

const userHistory = route({
  summary: 'Lists what a user did and was shown, the newest first',
  description: 'As it was taken, as far back as the database holds it. Without a scenario, of all that there are.',
  permission: 'read',
  path: userPath,
  query: z.object({
    scenario_id: scenarioId.optional(),
    action: textParameter({ min: 1, max: 64 }).optional(),
    page: pageParameter().default(1),
    page_size: pageParameter(100).default(20),
  }),
  answers: { 200: pageOf(deedAnswer) },
  handle: async ({ path, query, caller, event }, { history }: ServingPorts) => {
    const { page, page_size, scenario_id: scenario, action } = query;
    const asked = { tenant: tenantOf({ caller, event }), user: path.user_id, scenario, action };
    const { data, total } = await history({ ...asked, ...numberedPage(page, page_size) });
    return { status: 200, body: { total, page, page_size, items: [...data] } };
  },
});

function answerOf({ request_id, items, source, experiment, fallback }: Recommendation, debug: boolean) {
  return {
    request_id,
    items: items.map(({ item_id, score, reason, strategy, slot, metadata, contributions, rules }) => ({
      item_id,
      score,
      reason,
      strategy,
      slot,
      metadata,
      ...(debug
        ? {
            debug: {
              source,
              strategies: contributions.map(({ because: history, ...one }) => ({ ...one, history })),
              rules,
            },
          }
        : {}),
    })),
    ...(experiment ? { experiment_id: experiment.experiment_id, experiment_group: experiment.group } : {}),
    ...(fallback ? { fallback } : {}),
  };
}

/** Recommendations and what they are made of. */
export const servingApi = {
  'POST /api/v1/recommend': recommendItems,
  'POST /api/v1/recommend/next': nextItems,
  'GET /api/v1/items/{scenario_id}/{item_id}/similar': similarItems,
  'GET /api/v1/users/{user_id}/profile': userProfile,
  'GET /api/v1/users/{user_id}/behaviors': userHistory,
} satisfies Record<(typeof servingRoutes)[number], unknown>;
