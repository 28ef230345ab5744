import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../../support/stack.ts';

const wordCount = 'tasks.general.example:word_count';
const wait = 'tasks.general.example:wait';
const long = 50;
const short = 1000;

let running: TestStack;
let requests = 0;
// The first request of all is never answered.
const sluggish = createServer((_request, response) => {
  requests += 1;
  if (requests > 1) response.writeHead(204).end();
});
const told = new Set<unknown>();
const prompt = createServer((request, response) => {
  told.add(request.headers['millrace-task-id']);
  response.writeHead(204).end();
});
const hostOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const server of [sluggish, prompt]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  running = await startTestStack({ PAGE_ALLOWED: [sluggish, prompt].map(hostOf).join() });
}, 600_000);

afterAll(async () => {
  await running?.stop();
  for (const server of [sluggish, prompt]) {
    server.closeAllConnections();
    server.close();
  }
});

interface Task {
  readonly task_id: string;
  readonly status: string;
  readonly ended_at: string | null;
}

async function ask<T>(route: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return ((await running.api(`/api/v1${route}`, init)).body as { data: T }).data;
}

async function submitted(count: number, name: string, kwargs: object, more: object = {}): Promise<string[]> {
  const ids: string[] = [];
  // Some at once, as callers do it.
  const lane = async () => {
    while (ids.length < count) {
      const place = ids.push('') - 1;
      ids[place] = (await ask<Task>('/tasks/submit', { name, kwargs, ...more })).task_id;
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return ids;
}

test(`of ${long} long and ${short} short tasks every short one ends before the first long one`, async () => {
  // They end when they are told to, so that no clock decides.
  const waiting = await submitted(long, wait, { seconds: 830 });
  const counts = await submitted(short, wordCount, { content: 'to be or not to be' });

  const statuses = new Set<string>();
  for (const id of counts) {
    let task = await ask<Task>(`/task/${id}/result`);
    for (; task.ended_at === null; task = await ask<Task>(`/task/${id}/result`))
      await new Promise((r) => setTimeout(r, 200));
    statuses.add(task.status);
  }
  expect([...statuses]).toEqual(['SUCCESS']);
  for (const id of waiting) expect(['PENDING', 'STARTED']).toContain((await ask<Task>(`/task/${id}/result`)).status);

  // All places of the long ones are taken, not one for each batch of theirs.
  const atWork = waiting.map(async (id) => (await ask<Task>(`/task/${id}/result`)).status);
  expect((await Promise.all(atWork)).filter((status) => status === 'STARTED').length).toBeGreaterThan(10);
  for (const id of waiting) await ask(`/task/${id}/terminate`, {});
}, 600_000);

test('a receiver that gives no answer is told from another queue, and others meanwhile', async () => {
  const calling = (server: Server) => ({ callback_url: `http://${hostOf(server)}/done` });
  const [silent] = await submitted(1, wordCount, { content: 'x' }, calling(sluggish));
  const others = await submitted(100, wordCount, { content: 'x' }, calling(prompt));
  const told100 = () => others.every((id) => told.has(id));
  while (!told100()) await new Promise((r) => setTimeout(r, 200));

  const errors = async () => {
    const { deliveries } = await ask<{ readonly deliveries: readonly { readonly error: string | null }[] }>(
      `/task/${silent}/info`,
    );
    return deliveries.map(({ error }) => error);
  };
  while ((await errors()).length < 2) await new Promise((r) => setTimeout(r, 200));
  expect(await errors()).toEqual(expect.arrayContaining([null, expect.stringContaining('no answer after 2000 ms')]));
}, 600_000);
