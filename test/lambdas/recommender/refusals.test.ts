import { describe, expect, test } from 'vitest';
import type { Caller } from '#kit/api/authentication.ts';
import { newExperiment } from '../../../lambdas/recommender/experiments/experiment.ts';
import { itemsApi } from '../../../lambdas/recommender/items/item-routes.ts';
import type { ItemKey, ItemPorts } from '../../../lambdas/recommender/items/ports.ts';
import { clientOf } from './api-client.ts';

/** What existing clients read of a refusal, word for word. */

const caller: Caller = { name: 'shop', scheme: 'bearer', tenants: ['t1', 't2'], permissions: ['operate'] };
const nameOf = ({ tenant_id, scenario_id, item_id }: ItemKey) => JSON.stringify([tenant_id, scenario_id, item_id]);

/** Items in memory: which are there is all that the routes ask. */
function inMemory(): ItemPorts['items'] {
  const known = new Map<string, Readonly<Record<string, unknown>>>();
  const at = new Date('2026-11-30T12:00:00Z');
  return {
    find: async (key) => {
      const metadata = known.get(nameOf(key));
      return metadata && { ...key, metadata, status: 'active', created_at: at, updated_at: at };
    },
    list: async () => ({ data: [], total: 0 }),
    create: async (scenario, { item_id, metadata }) => {
      const key = nameOf({ ...scenario, item_id });
      if (known.has(key)) return false;
      known.set(key, metadata);
      return true;
    },
    put: async (scenario, items) => {
      for (const { item_id, metadata } of items) known.set(nameOf({ ...scenario, item_id }), metadata);
    },
    remove: async (key) => known.delete(nameOf(key)),
  };
}

function client() {
  return clientOf(itemsApi, { items: inMemory() }, caller);
}

describe('items', () => {
  const item = { scenario_id: 's1', item_id: 'x', metadata: { title: '茶具' } };
  const path = { scenario_id: 's1', item_id: 'x' };
  const one = '/api/v1/items/{scenario_id}/{item_id}' as const;

  test('one that is there is not made again: 物品ID已存在', async () => {
    const ask = client();

    expect(await ask('POST /api/v1/items', { body: item })).toMatchObject({ code: 200, message: 'success' });
    expect(await ask('POST /api/v1/items', { body: item })).toEqual({
      code: 400,
      message: '物品ID已存在: x',
      data: null,
    });
    // The same id of another tenant is another item.
    expect(await ask('POST /api/v1/items', { body: item, tenant: 't2' })).toMatchObject({ code: 200 });
  });

  test('one that is not there, or another tenant’s, is shown, changed and removed by nobody', async () => {
    const ask = client();
    await ask('POST /api/v1/items', { body: item });
    const missing = { code: 404, message: '物品不存在: x', data: null };
    const body = { metadata: { title: '别的' } };

    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      expect(await ask(`${method} ${one}`, { path, body, tenant: 't2' })).toEqual(missing);
    expect(await ask(`PUT ${one}`, { path, body })).toMatchObject({ code: 200, data: { metadata: body.metadata } });
    expect(await ask(`DELETE ${one}`, { path })).toMatchObject({ code: 200, data: { item_id: 'x' } });
    expect(await ask(`GET ${one}`, { path })).toEqual(missing);
  });

  test('of a tenant that is none of the caller’s there are none: 404, whether or not it exists', async () => {
    expect(await client()('POST /api/v1/items', { body: item, tenant: 'else' })).toMatchObject({
      code: 404,
      data: null,
    });
  });
});

test.each([
  [[50, 40], '流量分配总和必须为100%，当前为90%'],
  [[60, 60], '流量分配总和必须为100%，当前为120%'],
])('shares of %j are refused with their sum', (shares, text) => {
  const variants = shares.map((traffic, at) => ({ name: `v${at}`, traffic }));
  const read = newExperiment.safeParse({ experiment_id: 'e', scenario_id: 's', name: 'n', variants });

  expect(read.error?.issues.map(({ message }) => message)).toEqual([text]);
});
