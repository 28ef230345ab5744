import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { keptToken } from '../../local/callers/console-token.ts';
import { copyCheckout } from '../support/copied-checkout.ts';
import { askConsole, project, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/** What docs/how-to/add-a-strategy.md says, done in a copy of the project, and then a user who is recommended something by it. */

const undo: (() => Promise<unknown>)[] = [];
const patience = { timeout: 10 * 60_000, interval: 500 };
const scenario_id = 'poems';
let stack: StackProcess;
let ask: (
  route: string,
  body: object,
  user?: string,
) => Promise<{ status: number; body: ReturnType<typeof JSON.parse> }>;

/** Each block of the page where it says; the name in its list, and in none of the templates. */
function addStrategy(checkout: string): void {
  const howTo = readFileSync(path.join(project, 'docs/how-to/add-a-strategy.md'), 'utf8');
  const [declared = '', asked = '', statement = '', finder = ''] = [...howTo.matchAll(/```ts\n(.*?)```/gs)].map(
    ([, text = '']) => text,
  );
  const change = (file: string, from: RegExp, to: string) => {
    const place = path.join(checkout, 'lambdas/recommender', file);
    const text = readFileSync(place, 'utf8');
    expect(text, file).toMatch(from);
    writeFileSync(
      place,
      text.replace(from, () => to),
    );
  };
  change('scenarios/scenario.ts', /'new'\] as const/, "'new', 'authors'] as const");
  change('serving/recall-store.ts', /export interface Recall \{\n/, `export interface Recall {\n${declared}`);
  change('serving/recall-store.ts', /(?<='query'>\): Recall \{\n[^}]*?return \{\n)/, asked);
  change('serving/recall-store.ts', /$/, `\n${statement}`);
  change('serving/compute-list.ts', /(?<=const finders: [^\n]*\{\n)/, finder);
}

beforeAll(async () => {
  const checkout = await copyCheckout();
  undo.push(() => checkout.forget());
  addStrategy(checkout.directory);
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-strategy-'));
  undo.push(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));
  stack = await startStackProcess(directory, {}, { checkout: checkout.directory });
  undo.push(() => stack.interrupt());
  const { api } = await askConsole<{ api: string }>(stack, '/stack');
  const token = await keptToken(directory);
  ask = async (route, body, user) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-tenant-id': 'library',
      ...(user === undefined ? {} : { 'x-user-id': user }),
    };
    const response = await fetch(`${api}/api/v1${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
}, 15 * 60_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

test('a strategy is a name, a statement and two lines, and then users are recommended what it finds', async () => {
  const recall = [
    { strategy: 'authors', weight: 0.6 },
    { strategy: 'new', weight: 0.4 },
  ];
  const made = await ask('/scenarios', { scenario_id, name: '诗词', type: 'custom', config: { recall } });
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 200 });
  const poems = [
    ['静夜思', '李白'],
    ['将进酒', '李白'],
    ['春望', '杜甫'],
    ['登高', '杜甫'],
  ];
  const items = poems.map(([title, author], at) => ({ item_id: `p${at}`, metadata: { title, author } }));
  expect(await ask('/items/batch', { scenario_id, items })).toMatchObject({
    status: 200,
    body: { data: { stored: 4 } },
  });
  const event = {
    event_id: 'e1',
    scenario_id,
    user_id: 'u1',
    item_id: 'p2',
    action_type: 'like',
    timestamp: Date.now(),
  };
  expect(await ask('/behaviors/track', event)).toMatchObject({ status: 200 });

  const found = await vi.waitFor(async () => {
    const { body } = await ask('/recommend', { scenario_id, count: 3, debug: true }, 'u1');
    expect(body.data.items[0]).toMatchObject({ strategy: 'authors' });
    return body.data.items;
  }, patience);

  // What else the poet has written; of what the user has liked itself, nothing.
  expect(found[0]).toMatchObject({ item_id: 'p3', reason: 'by 杜甫' });
  expect(found.map(({ item_id }: { readonly item_id: string }) => item_id).sort()).toEqual(['p0', 'p1', 'p3']);
});
