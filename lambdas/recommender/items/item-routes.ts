import * as z from 'zod';
import { numberedPage, pageParameter } from '#kit/api/paging.ts';
import { choiceParameter, textParameter } from '#kit/api/parameters.ts';
import { type RouteRequest, route } from '#kit/api/route.ts';
import { NotFoundError, PermanentError } from '#kit/errors.ts';
import { pageOf } from '../api/envelope.ts';
import type { itemRoutes } from '../api/rooms.ts';
import { tenantOf } from '../api/tenancy.ts';
import { itemId, scenarioId } from '../identifiers.ts';
import { itemsIn, sentItem } from './item-message.ts';
import type { ItemKey, ItemPorts, ShownItem } from './ports.ts';

const itemPath = z.object({ scenario_id: scenarioId, item_id: itemId });

const shownItem = z
  .object({
    item_id: z.string(),
    scenario_id: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    status: z.enum(['active', 'inactive']),
    created_at: z.date(),
    updated_at: z.date(),
  })
  .meta({ id: 'RecommenderItem' });

const mostRows = 100;
const mostItems = 1000;

const listing = {
  scenario_id: scenarioId,
  status: choiceParameter(['active', 'inactive']).optional(),
  category: textParameter({ min: 1, max: 200 }).optional(),
  tag: textParameter({ min: 1, max: 200 }).optional(),
  page: pageParameter().default(1),
  page_size: pageParameter(mostRows).default(20),
};
const words = textParameter({ min: 1, max: 200 });

async function found(key: ItemKey, { items }: ItemPorts): Promise<ShownItem> {
  const item = await items.find(key);
  if (!item) throw new NotFoundError(`物品不存在: ${key.item_id}`);
  return item;
}

const showItem = route({
  summary: 'Shows an item',
  permission: 'read',
  path: itemPath,
  answers: { 200: shownItem },
  handle: async ({ path, ...asked }, ports: ItemPorts) => ({
    status: 200,
    body: await found({ tenant_id: tenantOf(asked), ...path }, ports),
  }),
});

const addItem = route({
  summary: 'Adds an item',
  description: 'It has its vector and its neighbours within ten seconds.',
  permission: 'operate',
  body: sentItem.extend({ scenario_id: scenarioId }),
  answers: { 200: shownItem },
  handle: async ({ body: { scenario_id, ...item }, ...asked }, ports: ItemPorts) => {
    const scenario = { tenant_id: tenantOf(asked), scenario_id };
    if (!(await ports.items.create(scenario, item))) throw new PermanentError(`物品ID已存在: ${item.item_id}`);
    return { status: 200, body: await found({ ...scenario, item_id: item.item_id }, ports) };
  },
});

const changeItem = route({
  summary: 'Replaces an item’s content',
  permission: 'operate',
  path: itemPath,
  body: sentItem.omit({ item_id: true }),
  answers: { 200: shownItem },
  handle: async ({ path, body, ...asked }, ports: ItemPorts) => {
    const key = { tenant_id: tenantOf(asked), ...path };
    await found(key, ports);
    await ports.items.put(key, [{ ...body, item_id: key.item_id }]);
    return { status: 200, body: await found(key, ports) };
  },
});

const removeItem = route({
  summary: 'Removes an item',
  description: 'A message that is older than this brings it not back; a newer one does.',
  permission: 'operate',
  path: itemPath,
  answers: { 200: z.object({ item_id: z.string() }) },
  handle: async ({ path, ...asked }, { items }: ItemPorts) => {
    if (!(await items.remove({ tenant_id: tenantOf(asked), ...path })))
      throw new NotFoundError(`物品不存在: ${path.item_id}`);
    return { status: 200, body: { item_id: path.item_id } };
  },
});

const addItems = route({
  summary: 'Brings in up to a thousand items, as their topic does',
  description: 'Those that are there are replaced; what is wrong with one holds no other back.',
  permission: 'operate',
  body: z.object({ scenario_id: scenarioId, items: z.array(z.unknown()).min(1).max(mostItems) }),
  answers: { 200: z.object({ received: z.int(), stored: z.int(), rejected: z.int(), error: z.string().nullable() }) },
  handle: async ({ body, ...asked }, { items }: ItemPorts) => {
    const scenario = { tenant_id: tenantOf(asked), scenario_id: body.scenario_id };
    const { good, error } = itemsIn({ ...scenario, items: body.items });
    if (good.length > 0) await items.put(scenario, good);
    const [received, stored] = [body.items.length, good.length];
    return { status: 200, body: { received, stored, rejected: received - stored, error: error?.message ?? null } };
  },
});

const page = pageOf(shownItem);
const listQuery = z.object(listing);
const searchQuery = z.object({ ...listing, q: words });

async function listed(
  { query, ...asked }: Pick<RouteRequest<z.ZodType, typeof listQuery, z.ZodType>, 'query' | 'caller' | 'event'>,
  text: string | undefined,
  { items }: ItemPorts,
) {
  const { page: number, page_size, ...filter } = query;
  const { data, total } = await items.list(
    { tenant_id: tenantOf(asked), ...filter, text },
    numberedPage(number, page_size),
  );
  return { status: 200, body: { total, page: number, page_size, items: data } };
}

const listItems = route({
  summary: 'Lists the items of a scenario',
  permission: 'read',
  query: listQuery,
  answers: { 200: page },
  handle: (asked, ports: ItemPorts) => listed(asked, undefined, ports),
});

const searchItems = route({
  summary: 'Finds items by words of their title, description, author or tags',
  permission: 'read',
  query: searchQuery,
  answers: { 200: page },
  handle: ({ query: { q, ...query }, ...asked }, ports: ItemPorts) => listed({ ...asked, query }, q, ports),
});

export const itemsApi = {
  'POST /api/v1/items': addItem,
  'GET /api/v1/items': listItems,
  'POST /api/v1/items/batch': addItems,
  'GET /api/v1/items/search': searchItems,
  'GET /api/v1/items/{scenario_id}/{item_id}': showItem,
  'PUT /api/v1/items/{scenario_id}/{item_id}': changeItem,
  'DELETE /api/v1/items/{scenario_id}/{item_id}': removeItem,
} satisfies Record<(typeof itemRoutes)[number], unknown>;
