import * as z from 'zod';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { tenantOf } from '../api/tenancy.ts';
import type { itemRoutes } from '../contract.ts';
import { itemId, scenarioId } from '../identifiers.ts';
import type { ItemPorts } from './ports.ts';

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

const showItem = route({
  summary: 'Shows an item',
  permission: 'read',
  path: itemPath,
  answers: { 200: shownItem },
  handle: async ({ path, caller, event }, { items }: ItemPorts) => {
    const found = await items.find({ tenant_id: tenantOf({ caller, event }), ...path });
    if (!found) throw new NotFoundError(`物品不存在: ${path.item_id}`);
    return { status: 200, body: found };
  },
});

export const itemsApi = {
  'GET /api/v1/items/{scenario_id}/{item_id}': showItem,
} satisfies Record<(typeof itemRoutes)[number], unknown>;
