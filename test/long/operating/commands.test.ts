import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CopiedCheckout, copyCheckout } from '../../support/copied-checkout.ts';
import { askConsole, type StackProcess, startStackProcess } from '../../support/stack-process.ts';

/** `npm start` and the commands beside it, as a person uses them, on a copy of the checkout that may be changed. */

let copy: CopiedCheckout;
let checkout: string;
let state: string;
let stack: StackProcess;
/** Another program has the port of the API. */
const other = createServer();
const taken = () => (other.address() as AddressInfo).port;

beforeAll(async () => {
  copy = await copyCheckout();
  checkout = copy.directory;
  state = path.join(checkout, '..', 'state');
  await new Promise((resolve) => other.listen(0, '127.0.0.1', () => resolve(undefined)));
  const variables = { PRESALE_COUNTIES: 'W,X', MILLRACE_PORT: String(taken() - 1) };
  stack = await startStackProcess(state, variables, { checkout });
}, 600_000);

afterAll(async () => {
  await stack?.kill();
  other.close();
  await copy?.forget();
});

/** Runs a command of package.json; resolves to what it printed and its status. */
function command(name: string, ...args: string[]): Promise<{ status: number; output: string }> {
  const env = { ...process.env, MILLRACE_DIRECTORY: state, MILLRACE_PORT: '0' };
  return new Promise((resolve) => {
    execFile('npm', ['run', '--silent', name, '--', ...args], { cwd: checkout, env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

test('a port that another program has is said, with where its part is instead', async () => {
  const { api } = await askConsole<{ api: string }>(stack, '/stack');

  expect(stack.printed()).toContain(`Port ${taken()} is taken: the API is on ${new URL(api).port}`);
});

test('a second start says that one is running, and stops', async () => {
  const { status, output } = await command('start');

  expect(status).toBe(1);
  expect(output).toContain(`already running on ${state}`);
  expect(output).toContain(stack.url);
});

test('a schedule is triggered by name, for a slot of choice', async () => {
  const { status, output } = await command('trigger', 'start-publication', '{"scheduledTime":"2026-09-11T02:00:00Z"}');

  expect({ status, output }).toMatchObject({ status: 0 });
  expect(JSON.parse(output)).toMatchObject({ kind: 'schedule', result: { ok: true } });
  expect(output).toContain('publication-2026-09-11');
});

test('a state machine is started with an input', async () => {
  const { output } = await command('trigger', 'presale', '{"season":"114S4","counties":["W"]}');

  expect(JSON.parse(output)).toMatchObject({ kind: 'state machine' });
  await stack.line(/ended: SUCCEEDED/);
});

test('what nothing is named is told with the names there are', async () => {
  const { status, output } = await command('trigger', 'nothing');

  expect(status).toBe(1);
  expect(output).toMatch(/there are .*start-publication.*, presale, /);
});

test('what should be JSON and is none is told', async () => {
  expect(await command('trigger', 'presale', '{season:115S1}')).toEqual({
    status: 1,
    output: 'The input is no JSON: {season:115S1}\n',
  });
  expect(await command('invoke', 'platform/health', '{')).toEqual({ status: 1, output: 'The event is no JSON: {\n' });
});

test('a function is invoked with an event from a file', async () => {
  const event = path.join(checkout, '..', 'event.json');
  await writeFile(event, JSON.stringify({ routeKey: 'GET /health', headers: {}, requestContext: { requestId: 'r' } }));

  const { status, output } = await command('invoke', 'platform/health', event);

  expect(status).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ ok: true, payload: { statusCode: 200 } });
});

test('a function is invoked with an event from the command line, and its failure is the status', async () => {
  const { status, output } = await command('invoke', 'platform/restore-tables', '{"date":"2020-01-01"}');

  expect(status).toBe(1);
  expect(JSON.parse(output)).toMatchObject({
    ok: false,
    error: { errorType: 'NotFoundError', errorMessage: 'There is no export of 2020-01-01.' },
  });
});

test('a changed handler answers without a restart, a broken one is told and changes nothing', {
  timeout: 600_000,
}, async () => {
  const file = path.join(checkout, 'lambdas/platform/dependencies/routes.ts');
  const source = await readFile(file, 'utf8');
  const { api } = await askConsole<{ api: string }>(stack, '/stack');
  const health = async () => (await fetch(`${api}/health`)).text();
  expect(await health()).toBe('{"status":"ok"}');

  await writeFile(file, source.replace("body: { status: 'ok' }", "body: { status: 'changed' }"));
  await expect.poll(health, { timeout: 600_000 }).toBe('{"status":"changed"}');

  await writeFile(file, `${source}\nthis is no TypeScript`);
  await stack.line(/The change was not taken up/);
  expect(await health()).toBe('{"status":"changed"}');
  await writeFile(file, source);
  await expect.poll(health, { timeout: 600_000 }).toBe('{"status":"ok"}');
});

test('what changed is taken up alone, and the documentation of its routes after it', async () => {
  const replace = async (file: string, from: string, to: string) => {
    const place = path.join(checkout, file);
    const source = await readFile(place, 'utf8');
    expect(source).toContain(from);
    await writeFile(place, source.replace(from, to));
  };

  await replace(
    'lambdas/platform/dependencies/health.handler.ts',
    'routes: healthApi,',
    '...{ odd: 1 }, routes: healthApi,',
  );
  // No test before has changed this one alone, or a word of the documentation.
  await expect.poll(tookUp).toContain('platform/health');

  await replace('lambdas/platform/dependencies/routes.ts', 'Says that the API answers', 'Says that the API is there');
  await expect.poll(tookUp).toContain('platform/docs');
  const functions = tookUp()[tookUp().indexOf('platform/docs') - 1] ?? '';
  // The checks of the same folder carry nothing of the routes.
  expect(functions).toBe('platform/health');
  const { api } = await askConsole<{ api: string }>(stack, '/stack');
  expect(await (await fetch(`${api}/openapi.json`)).text()).toContain('Says that the API is there');
});

/** What the stack has said that it took up. */
function tookUp(): readonly string[] {
  return [...stack.printed().matchAll(/Took up (.+) in \d+ ms/g)].map(([, functions = '']) => functions);
}

test('a running stack is not reset', async () => {
  expect(await command('reset')).toMatchObject({ status: 1 });
  expect(existsSync(path.join(state, 'secrets.json'))).toBe(true);
});

test('Ctrl-C stops everything cleanly, in the middle of a bundling, too, and a reset empties the folder', async () => {
  const database = stack.databaseUrl;
  const unfinished = async () =>
    (await readdir(path.join(checkout, 'build'))).filter((name) => /\.(new|old)-/.test(name));
  // All handlers that read a row have it.
  const shared = path.join(checkout, 'lambdas/kit/once.ts');
  await writeFile(shared, `${await readFile(shared, 'utf8')}\nexport const odd = 1;\n`);
  await expect.poll(unfinished, { interval: 5 }).toHaveLength(1);

  expect(await stack.interrupt(), stack.printed()).toBe(0);
  expect(stack.printed()).toContain('Stopped');
  expect(await unfinished()).toEqual([]);
  // The database server is gone with it.
  await expect(fetch(database.replace('postgresql', 'http').replace(/\/\/.*@/, '//'))).rejects.toThrow();
  expect(await command('reset')).toMatchObject({ status: 0 });
  expect(existsSync(state)).toBe(false);
});

test('a reset removes no folder that holds something else than a stack', async () => {
  await mkdir(state);
  await writeFile(path.join(state, 'letter.txt'), 'mine');

  expect(await command('reset')).toEqual({
    status: 1,
    output: `MILLRACE_DIRECTORY holds other things than a stack’s, and nothing was removed: ${state}\n`,
  });
  expect(await command('start')).toEqual({
    status: 1,
    output: `MILLRACE_DIRECTORY holds other things than a stack’s, name an empty or a new folder: ${state}\n`,
  });
  expect(await readFile(path.join(state, 'letter.txt'), 'utf8')).toBe('mine');
});

test('without a running stack the commands say so', async () => {
  expect(await command('trigger', 'presale')).toEqual({ status: 1, output: 'Millrace is not running: npm start\n' });
});
