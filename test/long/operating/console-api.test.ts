import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../local/callers/console-token.ts';
import { startControl } from '../../../local/console/control.ts';
import { buildConsole } from '../../../packages/console/build/build.ts';
import { type AskAs, askAs } from '../../flows/roles.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** What the console asks for, through the whole stack: steps of a run, stopping it, schedules, users, and this machine. */

let running: TestStack;
let control: Awaited<ReturnType<typeof startControl>>;
let ask: AskAs;

const polled = { timeout: 300_000, interval: 200 };

beforeAll(async () => {
  await buildConsole();
  // A day between two tries: what waits is still waiting when it is looked at.
  running = await startTestStack({ PRESALE_COUNTIES: 'W', PRESALE_RETRY_SECONDS: '86400' });
  control = await startControl(running.stack);
  ask = await askAs(running.stack);
});

afterAll(async () => {
  await control?.stop();
  await running?.stop();
});

async function local(path: string, init: RequestInit = {}) {
  const response = await fetch(`${control.url}/local${path}`, {
    ...init,
    headers: init.body === undefined ? {} : { 'content-type': 'application/json' },
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const post = (path: string, body: unknown) => local(path, { method: 'POST', body: JSON.stringify(body) });

const publication = () => running.stack.services.site?.current() ?? '';

/** Starts the newest publication and resolves to its steps, once a look at them is good. */
async function steps(good: (result: { execution: { state: string }; steps: { state: string }[] }) => boolean) {
  const path = `/platform/runs/presale/${publication()}/steps`;
  await expect
    .poll(async () => {
      const { status, body } = await ask('operator', 'GET', path);
      return status === 200 && body.result.execution !== null && good(body.result);
    }, polled)
    .toBe(true);
  return (await ask('operator', 'GET', path)).body.result;
}

test('a run that waits for a broken site says so, and is stopped and closed', async () => {
  expect((await post('/sites/presale/faults', { kind: 'status', status: 500 })).status).toBe(200);
  expect((await ask('operator', 'POST', '/presale/runs', { publication_date: publication() })).status).toBe(202);

  const waiting = await steps(({ steps: all }) => all.at(-1)?.state === 'waiting');
  const last = waiting.steps.at(-1);
  expect(last).toMatchObject({ type: 'Wait', waits_for: expect.stringContaining('500') });
  expect(new Date(last.next_at).getTime()).toBe(new Date(last.started_at).getTime() + 86_400_000);

  const stop = `/platform/runs/presale/${publication()}/stop`;
  expect((await ask('user', 'POST', stop, {})).status).toBe(403);
  expect((await ask('operator', 'POST', stop, {})).status).toBe(200);
  expect((await ask('operator', 'POST', stop, {})).status).toBe(409);
  const { body } = await ask('user', 'GET', `/platform/runs/presale/${publication()}`);
  expect(body.result).toMatchObject({ state: 'failed', detail: { reason: expect.stringContaining('walk-operator') } });
  expect((await local('/sites/presale/faults', { method: 'DELETE' })).status).toBe(200);
});

test('a run’s counties are steps with their letter, and the overview has the run', async () => {
  await ask('operator', 'POST', '/presale/runs', { publication_date: publication() });

  const told = await steps(({ execution }) => execution.state === 'succeeded');

  const inside = told.steps.filter(({ item }: { item: number | null }) => item !== null);
  expect(new Set(inside.map(({ label }: { label: string }) => label))).toEqual(new Set(['W']));
  expect(told.machine.states.map(({ name }: { name: string }) => name)).toContain('Fetch and back up');
  const { body } = await ask('operator', 'GET', '/platform/overview');
  const presale = body.result.workloads.find(({ workload }: { workload: string }) => workload === 'presale');
  expect(presale.runs[0]).toMatchObject({ name: publication(), state: 'succeeded' });

  const { body: logs } = await local(`/logs?correlation_id=${told.execution.correlation_id}`);
  expect(logs.lines.map(({ source }: { source: string }) => source)).toContain('presale/load-county');
});

test('a paused schedule is off in EventBridge Scheduler, and on again when it is resumed', async () => {
  const { schedules, functions } = { schedules: running.stack.model.schedules, functions: running.stack.functions };
  const name =
    schedules.find(({ target }) => functions.model(target)?.handler === 'presale/start-publication')?.name ?? '';
  const isOn = () => running.stack.services.schedules.isEnabled(name);
  expect(isOn()).toBe(true);

  await ask('operator', 'POST', '/platform/schedules/presale/pause', { note: 'moving house' });
  await expect.poll(isOn, polled).toBe(false);
  const { body } = await ask('user', 'GET', '/platform/schedules');
  const paused = body.result.data.find(({ workload }: { workload: string }) => workload === 'presale');
  expect(paused).toMatchObject({ paused: { by: 'walk-operator', note: 'moving house' }, next: [] });

  await ask('operator', 'POST', '/platform/schedules/presale/start-publication/resume', {});
  await expect.poll(isOn, polled).toBe(true);
});

test('a user who is added is let in, and no longer once they are disabled', async () => {
  expect((await ask('admin', 'POST', '/platform/users', { name: 'mei' })).status).toBe(200);
  const token = await ask('admin', 'POST', '/platform/users/mei/tokens', { note: 'test' });
  const byToken = async () =>
    (
      await fetch(`${running.stack.wiring.api?.url}/platform/runs`, {
        headers: { authorization: `Bearer ${token.body.result.secret}` },
      })
    ).status;

  await expect.poll(byToken, polled).toBe(200);
  await ask('admin', 'PUT', '/platform/users/mei', { disabled: true });
  await expect.poll(byToken, polled).toBe(401);
});

test('this machine shows topics, buckets, inbox and functions, and to no page of another site', async () => {
  const { body: all } = await local('');
  expect(all.functions.map(({ name }: { name: string }) => name)).toContain('platform/runs-api');
  expect(all.triggers).toContain('start-publication');

  const produced = await post('/topics/wx.messages', { key: 'k', value: '{"title":"你好"}' });
  expect(produced.body).toMatchObject({ offset: expect.any(Number) });
  await expect
    .poll(async () => (await local('/topics/wx.messages?last=1')).body.records, polled)
    .toMatchObject([{ key: 'k', value: '{"title":"你好"}' }]);
  const topic = async () => {
    const { body } = await ask('user', 'GET', '/platform/topics');
    return body.result.data.find((one: { topic: string }) => one.topic === 'wx.messages');
  };
  const reader = { reader: 'tagger/tag-messages', lag: 0 };
  await expect.poll(topic, polled).toMatchObject({ readers: [reader] });
  const ends: { first: number; end: number }[] = (await topic()).partitions;
  expect(ends.reduce((sum, { first, end }) => sum + end - first, 0)).toBe(1);

  const tops = await Promise.all(
    all.buckets.map(async (name: string) => ({ name, folders: (await local(`/buckets/${name}`)).body.folders })),
  );
  const bucket = tops.find(({ folders }) => folders.includes('presale/'))?.name;
  const { body: files } = await local(`/buckets/${bucket}?prefix=${encodeURIComponent(await rawFolder(bucket))}`);
  const [object] = files.objects;
  const { body: shown } = await local(`/buckets/${bucket}/preview?key=${encodeURIComponent(object.key)}`);
  expect(shown).toMatchObject({ key: object.key, bytes: object.bytes });
  expect((await local(`/buckets/${bucket}/preview?key=none`)).status).toBe(404);
  const download = await fetch(`${control.url}/local/buckets/${bucket}/download?key=${encodeURIComponent(object.key)}`);
  expect(download.headers.get('content-disposition')).toMatch(/^attachment/);
  expect((await download.arrayBuffer()).byteLength).toBe(object.bytes);

  const { body: mails } = await local('/mails');
  expect(mails.total).toBeGreaterThan(0);
  const { body: mail } = await local(`/mails/${encodeURIComponent(mails.data[0].id)}`);
  expect(mail).toMatchObject({ subject: mails.data[0].subject, text: expect.any(String) });

  const foreign = await fetch(`${control.url}/local`, { headers: { origin: 'https://elsewhere.example' } });
  expect(foreign.status).toBe(403);
  expect((await post('/faults', { unknown: 1 })).status).toBe(400);
});

/** Follows folders down to the first that has objects. */
async function rawFolder(bucket: string, prefix = 'presale/raw/'): Promise<string> {
  const { body } = await local(`/buckets/${bucket}?prefix=${encodeURIComponent(prefix)}`);
  return body.objects.length > 0 ? prefix : rawFolder(bucket, body.folders[0]);
}

describe('the files of the application', () => {
  test('the first port leads there, and shows it with a strict policy', async () => {
    const root = await fetch(`${control.url}/`, { redirect: 'manual' });
    const page = await fetch(`${control.url}/console`);
    const policy = page.headers.get('content-security-policy') ?? '';

    expect({ status: root.status, to: root.headers.get('location') }).toEqual({ status: 302, to: '/console' });
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).toContain("frame-ancestors 'none'");
    // Files go straight to their bucket, and to nobody else.
    const { s3Url } = running.stack.services.storage;
    expect(policy).toContain(`connect-src 'self' ${s3Url};`);
    expect(policy.replace(s3Url, '')).not.toMatch(/unsafe|https?:|\*/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-cache');
  });

  test('what has its digest in its name is kept for a year, compressed; what is not there is not', async () => {
    const page = await (await fetch(`${control.url}/console`)).text();
    const [script = ''] = /\/console\/assets\/[\w.-]+\.js/.exec(page) ?? [];
    const { headers } = await fetch(`${control.url}${script}`);

    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-encoding')).toBe('gzip');
    expect((await fetch(`${control.url}/console/assets/none.js`)).status).toBe(404);
    expect((await fetch(`${control.url}/console/..%2f..%2fpackage.json`)).headers.get('content-type')).toMatch(/html/);
  });

  test('each address of the application shows it, a slash at the end too', async () => {
    for (const path of [
      '/console/',
      '/console/runs',
      '/console/runs/presale/2026-11-21',
      '/console/a.b/c',
      '/console/failures?state=open',
    ])
      expect((await fetch(`${control.url}${path}`)).headers.get('content-type'), path).toMatch(/^text\/html/);
  });

  test('another site can neither read nor change anything through the port', async () => {
    const headers = {
      origin: 'https://elsewhere.example',
      authorization: `Bearer ${tokenOf(running.stack.services)}`,
    };
    const { status } = await fetch(`${control.url}/platform/failures/discard`, { method: 'POST', headers, body: '{}' });

    expect(status).toBe(403);
  });
});
