import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { startTestHost, type TestHost } from './host.ts';

let subject: TestHost | undefined;

afterEach(async () => {
  await subject?.stop();
  subject = undefined;
});

async function start(...options: Parameters<typeof startTestHost>): Promise<TestHost> {
  subject = await startTestHost(...options);
  return subject;
}

const whoAmI = 'let calls = 0; export const handler = async () => ({ pid: process.pid, calls: ++calls });';

function running(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A payload's field. */
const of = (payload: unknown, field: string) => (payload as Record<string, unknown> | undefined)?.[field];

test('an event goes in, a result comes out, as JSON both ways', async () => {
  const { invoke } = await start({
    echo: { code: 'export const handler = async (event) => ({ ...event, at: new Date(0), gone: undefined });' },
  });

  expect(await invoke('echo', { 預售: [1, null] })).toMatchObject({
    ok: true,
    payload: { 預售: [1, null], at: '1970-01-01T00:00:00.000Z' },
    memoryBytes: expect.any(Number),
  });
});

test('a handler that returns nothing gives null, as on Lambda', async () => {
  const { invoke } = await start({ quiet: { code: 'export const handler = async () => {};' } });

  expect(await invoke('quiet')).toMatchObject({ ok: true, payload: null });
});

test('a function sees its own variables, those of Lambda and no others', async () => {
  vi.stubEnv('ONE_MACHINE_SECRET_OF_THE_SHELL', 'x');
  const { invoke, directory } = await start({
    env: { code: 'export const handler = async () => process.env;', environment: { BUCKET: 'raw' } },
  });
  const { payload } = (await invoke('env')) as { payload?: object };
  vi.unstubAllEnvs();

  expect(payload).toMatchObject({
    BUCKET: 'raw',
    AWS_LAMBDA_FUNCTION_NAME: 'env',
    AWS_REGION: 'ap-northeast-1',
    TZ: 'UTC',
  });
  expect(Object.keys(payload ?? {}).filter((name) => /ONE_MACHINE/.test(name))).toEqual([]);
  expect(of(payload, 'TMPDIR')).toContain(directory);
});

test('the context tells the deadline, the request and the size', async () => {
  const code = `export const handler = async (_event, context) => ({
    left: context.getRemainingTimeInMillis(), id: context.awsRequestId, arn: context.invokedFunctionArn, mb: context.memoryLimitInMB });`;
  const { invoke } = await start({ context: { code, timeoutSeconds: 900 } });
  const invocation = await invoke('context');
  const payload = invocation.ok ? invocation.payload : undefined;

  expect(payload).toMatchObject({
    id: invocation.requestId,
    arn: expect.stringMatching(/:function:context$/),
    mb: '256',
  });
  expect(of(payload, 'left')).toBeGreaterThan(600_000);
  expect(of(payload, 'left')).toBeLessThanOrEqual(900_000);
});

test('an error arrives with its class, message and stack, and the instance serves on', async () => {
  const code = `
    class TransientError extends Error { name = 'TransientError'; }
    export const handler = async ({ well }) => { if (!well) throw new TransientError('half a file'); return process.pid; };`;
  const { invoke } = await start({ failing: { code } });
  const first = await invoke('failing', { well: true });

  expect(await invoke('failing')).toMatchObject({
    ok: false,
    error: { errorType: 'TransientError', errorMessage: 'half a file', trace: expect.any(Array) },
  });
  expect(await invoke('failing', { well: true })).toMatchObject({ payload: first.ok && first.payload });
});

test('an instance is used again for the next event, and a second one beside it for an event at once', async () => {
  const { invoke } = await start({ who: { code: whoAmI } });
  const first = await invoke('who');
  const second = await invoke('who');
  const both = await Promise.all([invoke('who'), invoke('who')]);

  expect([first, second].map((i) => i.ok && of(i.payload, 'calls'))).toEqual([1, 2]);
  expect(new Set(both.map((i) => i.ok && of(i.payload, 'pid'))).size).toBe(2);
});

test('a function that takes too long is killed and told so, and the next event gets a new instance at once', async () => {
  const code = `import { writeFileSync } from 'node:fs';
    export const handler = async ({ slow, file }) => {
      if (!slow) return 'quick';
      await new Promise((resolve) => setTimeout(resolve, 1500));
      writeFileSync(file, 'it went on');
    };`;
  const { invoke, directory } = await start({ slow: { code, timeoutSeconds: 1 } });
  const file = join(directory, 'tmp', 'proof');
  const late = await invoke('slow', { slow: true, file });

  expect(late).toMatchObject({
    ok: false,
    error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 1.00 seconds' },
  });
  expect(await invoke('slow')).toMatchObject({ ok: true, payload: 'quick' });
  await sleep(800);
  expect(existsSync(file)).toBe(false);
});

test('a function that blocks its thread is killed as well', async () => {
  const { invoke } = await start({ stuck: { code: 'export const handler = () => { for (;;); };', timeoutSeconds: 1 } });

  expect(await invoke('stuck')).toMatchObject({ ok: false, error: { errorType: 'Sandbox.Timedout' } });
});

test.each([
  ['at once', 'kept.push(Buffer.alloc(400 * 1024 * 1024, 1));'],
  [
    'bit by bit',
    'for (;;) { kept.push(Buffer.alloc(8 * 1024 * 1024, 1)); await new Promise((r) => setTimeout(r, 5)); }',
  ],
])('a function that takes more than its memory %s is out of memory', async (_name, body) => {
  const code = `const kept = []; export const handler = async () => { ${body} return kept.length; };`;
  const { invoke } = await start({ greedy: { code } });

  expect(await invoke('greedy')).toMatchObject({ ok: false, error: { errorType: 'Runtime.OutOfMemory' } });
});

test.each([
  ['ends its process', 'process.exit(3);', 'Runtime exited with status 3'],
  ['is killed', "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});", 'Runtime exited by a signal'],
  [
    'leaves a promise to fail',
    "Promise.reject(new Error('nobody waits')); await new Promise(() => {});",
    'Runtime exited with status 1',
  ],
])('a function that %s is a failed invocation, and the next one is served', async (_name, body, errorMessage) => {
  const code = `export const handler = async ({ well }) => { if (well) return 'well'; ${body} };`;
  const { invoke } = await start({ crashing: { code } });

  expect(await invoke('crashing')).toMatchObject({
    ok: false,
    error: { errorType: 'Runtime.ExitError', errorMessage },
  });
  expect(await invoke('crashing', { well: true })).toMatchObject({ ok: true, payload: 'well' });
});

test('code that cannot be loaded fails each invocation with its reason', async () => {
  const { invoke } = await start({ broken: { code: "import './nowhere.mjs'; export const handler = () => 1;" } });

  for (const _turn of [1, 2]) {
    expect(await invoke('broken')).toMatchObject({
      ok: false,
      error: { errorMessage: expect.stringContaining('nowhere') },
    });
  }
});

test('more events at once than the bound are refused as throttled, at once', async () => {
  const code = 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 300, "done"));';
  const { invoke } = await start({ bounded: { code, concurrency: 2 } });
  const outcomes = await Promise.all([invoke('bounded'), invoke('bounded'), invoke('bounded')]);

  expect(outcomes.map((outcome) => (outcome.ok ? 'served' : outcome.error.errorType))).toEqual([
    'served',
    'served',
    'Lambda.TooManyRequestsException',
  ]);
  expect(await invoke('bounded')).toMatchObject({ ok: true });
});

test('the file system is read-only but for temporary files', async () => {
  const code = `import { readFileSync, writeFileSync } from 'node:fs'; import { tmpdir } from 'node:os'; import path from 'node:path';
    const attempt = (work) => { try { return work(); } catch (error) { return error.code; } };
    export const handler = async ({ elsewhere, here }) => ({
      read: attempt(() => readFileSync(here, 'utf8').length > 0),
      tmp: attempt(() => { const file = path.join(tmpdir(), 'a'); writeFileSync(file, 'kept'); return readFileSync(file, 'utf8'); }),
      elsewhere: attempt(() => writeFileSync(elsewhere, 'x')),
    });`;
  const { invoke } = await start({ files: { code } });
  // The project itself may stand below the temporary folder.
  const elsewhere = '/var/one-machine-written-by-a-function';
  const { payload } = (await invoke('files', { elsewhere, here: import.meta.filename })) as { payload?: unknown };

  expect(payload).toEqual({ read: true, tmp: 'kept', elsewhere: 'ERR_ACCESS_DENIED' });
  expect(existsSync(elsewhere)).toBe(false);
});

test('new code is used from the next invocation on, in whichever folder it is; a running one ends on the old', async () => {
  const old = 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 300, "old"));';
  const { invoke, host, write } = await start({ changing: { code: old } });
  expect(await invoke('changing')).toMatchObject({ payload: 'old' });
  const going = invoke('changing');
  const folder = await write('changing', "export const handler = () => 'new';");
  host.replaceCode('test/changing', folder);

  expect(await invoke('changing')).toMatchObject({ payload: 'new' });
  expect(await going).toMatchObject({ payload: 'old' });
  expect(await invoke('changing')).toMatchObject({ payload: 'new' });

  await writeFile(join(folder, 'index.mjs'), "export const handler = () => 'newer';");
  host.replaceCode('test/changing', folder);
  expect(await invoke('changing')).toMatchObject({ payload: 'newer' });
});

test('the fault switch kills before the work or after it, and the function comes back', async () => {
  const code = `import { appendFileSync } from 'node:fs';
    export const handler = async ({ file }) => { appendFileSync(file, 'x'); return 'done'; };`;
  const { invoke, faults, directory } = await start({ work: { code } }, { random: () => 0.5 });
  const file = join(directory, 'tmp', 'work');
  const done = () => existsSync(file);

  faults.set({ crashBefore: 1 });
  expect(await invoke('work', { file })).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  expect(done()).toBe(false);

  faults.set({ crashBefore: 0.5, crashAfter: 0.6 });
  expect(await invoke('work', { file })).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
  expect(done()).toBe(true);

  faults.set({ crashAfter: 0.4 });
  expect(await invoke('work', { file })).toMatchObject({ ok: true, payload: 'done' });
});

test('what a function prints arrives line by line', async () => {
  const code = "export const handler = async () => { console.log('one\\ntwo'); console.error('three'); };";
  const { invoke, lines } = await start({ talking: { code } });
  await invoke('talking');
  await vi.waitUntil(() => lines.length === 3, 300_000);

  expect(lines.toSorted()).toEqual(['one', 'three', 'two']);
});

test('a stop ends every process, those at work too, and whoever waits is told', async () => {
  const code =
    'export const handler = async ({ wait }) => { if (wait) await new Promise(() => {}); return process.pid; };';
  const { invoke, host } = await start({ long: { code } }, { maximumInstances: 1 });
  const { payload: pid } = (await invoke('long')) as { payload?: unknown };
  const working = invoke('long', { wait: true });
  const queued = invoke('long');
  const told = expect(queued).rejects.toThrow('stopping');
  await sleep(100);
  await host.stop();

  expect(await working).toMatchObject({ ok: false });
  await told;
  expect(running(Number(pid))).toBe(false);
});

test('a function is found by ARN, name and handler, and nothing else is', async () => {
  const { host, invoke } = await start({ known: { code: whoAmI } });

  for (const name of ['known', 'test/known', 'arn:aws:lambda:ap-northeast-1:000000000000:function:known']) {
    expect(host.model(name)?.name).toBe('known');
  }
  expect(host.model('unknown')).toBeUndefined();
  await expect(invoke('unknown')).rejects.toThrow('No function of the template');
});
