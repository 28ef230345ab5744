import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptToken } from '../../local/callers/console-token.ts';
import { addWorkload, type CheckoutWithWorkload } from '../support/added-workload.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/** docs/how-to/add-a-workload.md in a copy of the project, running. Its template is held by test/lib. */

let checkout: CheckoutWithWorkload;
let state: string;
let stack: StackProcess;
let ask: (route: string, init?: RequestInit) => Promise<Response>;

beforeAll(async () => {
  checkout = await addWorkload();
  state = path.join(path.dirname(checkout.directory), 'state');
  stack = await startStackProcess(state, {}, { checkout: checkout.directory });
  const { api } = await askConsole<{ api: string }>(stack, '/stack');
  const headers = { authorization: `Bearer ${await keptToken(state)}`, 'content-type': 'application/json' };
  ask = (route, init) => fetch(`${api}${route}`, { headers, ...init });
}, 15 * 60_000);

afterAll(async () => {
  await stack?.interrupt();
  await checkout?.forget();
  if (state) await rm(state, { recursive: true, force: true });
});

test('what the how-to shows is right by its types', () => {
  const tsc = path.join(checkout.directory, 'node_modules/.bin/tsc');

  expect(execFileSync(tsc, ['--noEmit'], { cwd: checkout.directory, encoding: 'utf8' })).toBe('');
});

test('its route answers, its queue is worked off, and what can’t be done is in the ledger', async () => {
  const greet = (body: unknown) => ask('/greetings', { method: 'POST', body: JSON.stringify(body) });

  expect((await greet({ name: '' })).status).toBe(400);
  expect((await greet({ name: 'Mei' })).status).toBe(202);
  expect((await greet({ name: 'Nobody' })).status).toBe(202);

  const failures = async () => {
    const answer = (await (await ask('/platform/failures?workload=greetings')).json()) as {
      readonly result: { readonly data: readonly unknown[] };
    };
    return answer.result.data;
  };
  await expect.poll(failures, { timeout: 5 * 60_000 }).toMatchObject([{ message: 'Nobody cannot be greeted.' }]);
});

test('its route is documented', async () => {
  const { paths } = (await (await ask('/openapi.json')).json()) as { readonly paths: object };

  expect(paths).toHaveProperty(['/greetings', 'post', 'summary'], 'Greets somebody, soon');
});

test('its queue is among what the stack’s health looks at', async () => {
  const { dependencies } = (await (await ask('/health/services')).json()) as {
    dependencies: readonly { readonly name: string }[];
  };

  expect(dependencies).toContainEqual(
    expect.objectContaining({ kind: 'queue', name: 'greetings-greet', without: 'Nobody is greeted.' }),
  );
});
