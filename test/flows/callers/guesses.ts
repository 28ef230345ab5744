import { type IncomingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { addAccount, basicHeader, momentaryHeader, nowInSeconds, signedHeader } from '../../support/credentials.ts';
import { flow } from './stack.ts';

/** Wrong passwords against a running stack: at several functions, over several connections, from two addresses. */

/** Functions that asked for the users a moment ago know a new one a little later. */
const soon = { timeout: 300_000, interval: 200 };

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** All of 127.0.0.0/8 is this machine, and each of its addresses another client. */
function ask(
  route: string,
  authorization: string,
  from = '127.0.0.1',
  more: Record<string, string> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(flow.running.stack.wiring.api?.url ?? '');
  return new Promise((resolve, reject) => {
    const headers = { authorization, ...more };
    const sent = request({ hostname, port, path: route, headers, localAddress: from, agent: false }, (response) => {
      const { statusCode: status = 0, headers: told } = response;
      json(response).then((body) => resolve({ status, headers: told, body }), reject);
    });
    sent.once('error', reject);
    sent.end();
  });
}

const now = () => `_=${nowInSeconds()}`;
const guess = (route: string, name: string, more?: Record<string, string>) =>
  ask(`${route}?${now()}`, basicHeader(name, 'f'.repeat(32)), '127.0.0.1', more);

/** What 8 connections of `each` guesses were answered, by status. */
async function crowd(routes: readonly string[], name: string, each: number): Promise<Record<number, number>> {
  // A function that is busy (503) has read nothing.
  const statuses: Record<number, number> = {};
  const connection = async (index: number) => {
    for (let turn = 0; turn < each; turn++) {
      const header = { 'x-forwarded-for': `198.51.100.${turn}` };
      const { status } = await guess(routes[(index + turn) % routes.length] ?? '', name, header);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => connection(index)));
  return statuses;
}

test('thirty wrong passwords are read, over all connections and functions; the right one from elsewhere is served', async () => {
  const mei = await addAccount(flow.running.stack, 'guessed-mei');
  const other = await addAccount(flow.running.stack, 'other-user');
  const right = (of: typeof mei, route: string, from?: string) => {
    const timestamp = `${nowInSeconds()}`;
    return ask(`${route}?_=${timestamp}`, momentaryHeader(of, timestamp), from);
  };
  for (const route of ['/presale/runs', '/platform/failures', '/platform/runs'])
    await vi.waitFor(async () => {
      expect((await right(mei, route, '127.0.0.2')).status).not.toBe(401);
      expect((await right(other, route, '127.0.0.2')).status).not.toBe(401);
    }, soon);

  expect(await crowd(['/presale/runs', '/platform/failures'], mei.name, 20)).toMatchObject({ 401: 30 });
  // The next function, which has seen none of them.
  const next = await guess('/platform/runs', mei.name);
  expect(next).toMatchObject({ status: 429, body: { message: 'Too many failed attempts.' } });
  expect(Number(next.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(next.headers['retry-after'])).toBeLessThanOrEqual(60);
  // In the envelope of the route, whatever the scheme.
  const task = await guess('/api/v1/tasks/list', mei.name);
  expect(task).toMatchObject({ status: 429, body: { code: 429 } });
  expect((await right(mei, '/presale/runs')).status).toBe(429);
  const timestamp = `${nowInSeconds()}`;
  const signed = signedHeader(mei, { method: 'GET', target: '/presale/runs', timestamp });
  expect((await ask(`/presale/runs?_=${timestamp}`, signed)).status).toBe(429);

  expect((await right(mei, '/presale/runs', '127.0.0.2')).status).toBe(200);
  expect((await right(other, '/presale/runs')).status).toBe(200);
});

test('a function without the database reads a share of them in each instance, thirty in all', async () => {
  const mei = await addAccount(flow.running.stack, 'alone-mei');
  await vi.waitFor(async () => {
    const timestamp = `${nowInSeconds()}`;
    const answer = await ask(`/health/services?_=${timestamp}`, momentaryHeader(mei, timestamp), '127.0.0.2');
    expect(answer.status).not.toBe(401);
  }, soon);

  const statuses: number[] = [];
  for (let turn = 0; turn < 40; turn++) statuses.push((await guess('/health/services', mei.name)).status);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(30);
  expect(statuses.at(-1)).toBe(429);
});
