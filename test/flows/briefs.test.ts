import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { briefs } from '../../lib/settings/briefs.ts';
import { startControl } from '../../local/console/control.ts';
import { samplePlatforms } from '../../local/sample-platforms.ts';
import { type PlatformSites, startPlatformSites } from '../../local/sample-site/platforms/start.ts';
import { type BriefsClient, briefsClient } from '../support/briefs-client.ts';
import { type Account, addAccount, momentaryHeader, nowInSeconds } from '../support/credentials.ts';
import { filesClient } from '../support/files-client.ts';
import { project } from '../support/stack-process.ts';
import { type Flow, startFlow } from './flow.ts';
import { expectOldClient } from './old-briefs-client.ts';

/** From a brief that is submitted to its zip, through the whole stack, with sites of this test's own. */

let flow: Flow;
let sites: PlatformSites;
let client: BriefsClient;

beforeAll(async () => {
  sites = await startPlatformSites();
  const { platforms } = briefs.parse({});
  // Nobody waits for minutes whether a platform comes back.
  const impatient = Object.fromEntries(
    Object.entries(platforms).map(([name, one]) => [name, { ...one, patienceSeconds: 0 }]),
  );
  flow = await startFlow({ BRIEFS_PLATFORMS: samplePlatforms(JSON.stringify(impatient), sites) ?? '' });
  client = briefsClient(flow.running);
}, 600_000);

afterEach(() => sites.clearFaults());
afterAll(async () => {
  await flow?.stop();
  await sites?.stop();
});

const entry = (platform: string, keywords: string, limitnum = 20) => ({
  platform,
  keywords,
  limitnum,
  starttime: 20160101,
  endtime: 20991231,
});

/** What became of everything that was found for a brief. */
async function balance(brief: string) {
  const [counts] = await flow.rows<Record<'found' | 'stored' | 'dropped' | 'failed' | 'open' | 'articles', number>>(
    `SELECT count(*)::int AS found, count(*) FILTER (WHERE find.state = 'stored')::int AS stored,
      count(*) FILTER (WHERE find.state = 'dropped')::int AS dropped, count(*) FILTER (WHERE find.state = 'failed')::int AS failed,
      count(*) FILTER (WHERE find.state = 'sent')::int AS open,
      (SELECT count(*)::int FROM briefs.articles WHERE brief_uuid = $1) AS articles
    FROM briefs.finds AS find JOIN briefs.tasks AS task ON task.uuid = find.task_uuid WHERE task.brief_uuid = $1`,
    brief,
  );
  if (!counts) throw new Error('A count is a row');
  return counts;
}

async function zipOf(stage: string): Promise<Readonly<Record<string, Uint8Array>>> {
  const bytes = await flow.stored(`briefs/${stage}.zip`);
  if (!bytes) throw new Error(`There is no zip of ${stage}`);
  return unzipSync(bytes);
}

const platformState = async (name: string) => {
  const { body } = await flow.running.api('/briefs/platforms');
  const { data } = body as { data: readonly { readonly name: string; readonly state: string }[] };
  return data.find((platform) => platform.name === name)?.state;
};

/** Whether a new user is known yet: functions that asked for the users a moment ago know one a little later. */
function askedAs(account: Account, url: string): Promise<Response> {
  const timestamp = String(nowInSeconds());
  const headers = { authorization: momentaryHeader(account, timestamp) };
  return fetch(`${url}/dts-auto-brief/job/search?_=${timestamp}`, { method: 'POST', headers });
}

/** What a program prints; the reason where the machine hasn't got it. */
function printedBy(program: string, args: readonly string[]): Promise<{ text: string; missing?: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 600_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') resolve({ text: '', missing: `there is no ${program}` });
      else if (/No module named/.test(stderr)) resolve({ text: '', missing: stderr.trim().split('\n').at(-1) ?? '' });
      else if (error) reject(new Error(`${stdout}\n${stderr}`));
      else resolve({ text: stdout });
    });
  });
}

test('a brief of five platforms and two keywords ends with a zip, and everything found is accounted for', async () => {
  const brief = await client.submit('护肤', [entry('1/2/3/4/5', '精华水/抗老')]);
  const { state, data } = await client.toEnd(brief);
  const [stage] = data;
  const counts = await balance(brief);

  expect({ state, stages: data.map(({ stageState }) => stageState) }).toEqual({
    state: 'finished',
    stages: ['finished'],
  });
  expect(counts).toMatchObject({ found: counts.stored + counts.dropped + counts.failed, open: 0, failed: 0 });
  expect(counts.stored).toBe(counts.articles);
  expect(stage?.data_list.map(({ article_sum_num }) => Number(article_sum_num) > 15)).toEqual(Array(5).fill(true));
  const files = await zipOf(stage?.stageUuid ?? '');
  expect(Object.keys(files).sort()).toEqual(
    ['content_wc.png', 'keyword.xlsx', 'keyword_analysis.xlsx', 'topic_wc.png'].map(
      (name) => `${stage?.stageUuid}/${name}`,
    ),
  );
  expect(Object.values(files).every(({ byteLength }) => byteLength > 1000)).toBe(true);
});

test('the front end’s own way of asking, by Python’s requests, is answered as it knows it', async ({ skip }) => {
  const account = await addAccount(flow.running.stack, 'front-end');
  const url = flow.running.stack.wiring.api?.url ?? '';
  await expect.poll(async () => (await askedAs(account, url)).status, { timeout: 300_000, interval: 500 }).toBe(200);
  const client = path.resolve(import.meta.dirname, '../fixtures/clients/briefs_client.py');
  const { text, missing } = await printedBy('python3', [client, url, account.name, account.password]);
  skip(missing !== undefined, missing);

  expectOldClient(JSON.parse(text));
});

test('files are made anew from what is stored, by the command and by a task: the same bytes', async () => {
  const brief = await client.submit('再导出', [entry('1', '香水', 10)]);
  const stage = (await client.toEnd(brief)).data[0]?.stageUuid ?? '';
  const madeAt = async () => {
    const told = 'SELECT exported_at::text AS at FROM briefs.stages WHERE uuid = $1';
    return (await flow.rows<{ at: string }>(told, stage))[0]?.at;
  };
  const before = await flow.stored(`briefs/${stage}.zip`);
  const anew = async (ask: () => Promise<unknown>) => {
    const last = await madeAt();
    await ask();
    await expect.poll(madeAt, { timeout: 300_000, interval: 200 }).not.toBe(last);
    return (await flow.stored(`briefs/${stage}.zip`))?.equals(before ?? Buffer.of());
  };
  const env = { ...process.env, MILLRACE_DIRECTORY: flow.running.directory };
  const command = (id: string) =>
    promisify(execFile)(process.execPath, ['local/commands/export-brief.ts', id], { env, cwd: project });
  const task = { name: 'tasks.briefs:export', kwargs: { stage_uuid: stage } };
  const control = await startControl(flow.running.stack);
  try {
    await flow.running.stack.announce(control.url);

    expect(await anew(() => command(brief))).toBe(true);
    expect(await anew(() => command(stage))).toBe(true);
    await expect(command(randomUUID())).rejects.toThrow('Neither a brief nor a stage');
    expect(await anew(() => filesClient(flow.running).post('/api/v1/tasks/submit', task))).toBe(true);
    const last = await madeAt();
    await filesClient(flow.running).post('/api/v1/tasks/submit', { ...task, username: 'another' });
    const ofAnother = `SELECT status, error FROM tasks.tasks WHERE username = 'another'`;
    const isRefused = { timeout: 300_000, interval: 200 };
    await expect.poll(() => flow.rows(ofAnother), isRefused).toEqual([{ status: 'FAILURE', error: 'ArgumentError' }]);
    expect(await madeAt()).toBe(last);
  } finally {
    await control.stop();
  }
});

test('fans and full texts come after the articles, from further calls', async () => {
  const rows = await flow.rows<{ kind: string; state: string; calls: number }>(
    `SELECT kind, state, count(*)::int AS calls FROM briefs.calls WHERE kind IN ('user', 'note') GROUP BY 1, 2`,
  );
  const [{ known } = { known: 0 }] = await flow.rows<{ known: number }>(
    `SELECT count(*)::int AS known FROM briefs.articles WHERE platform IN ('redbook', 'douyin') AND user_fans IS NOT NULL`,
  );

  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every(({ state }) => state === 'answered')).toBe(true);
  expect(known).toBeGreaterThan(0);
});

test('a platform that is down ends its tasks alone: the brief is partial, says why, and has its zip', async () => {
  sites.fault({ kind: 'status', status: 500, site: 'bili' });
  const brief = await client.submit('一个平台坏了', [entry('1/4', '防晒', 10)]);
  const { state, data } = await client.toEnd(brief);
  const tasks = await flow.rows<{ platform: string; state: string; reason: string | null }>(
    'SELECT platform, state, reason FROM briefs.tasks WHERE brief_uuid = $1 ORDER BY platform',
    brief,
  );

  expect(state).toBe('partial');
  expect(tasks).toMatchObject([
    { platform: 'bili', state: 'failed', reason: expect.stringContaining('500') },
    { platform: 'weixin', state: 'finished', reason: null },
  ]);
  expect(data[0]?.remarks ?? '').not.toBeUndefined();
  expect(Object.keys(await zipOf(data[0]?.stageUuid ?? ''))).toHaveLength(4);
});

test('a login that is wanted fails at once and once: the platform waits for a person', async () => {
  sites.fault({ kind: 'login-wall', site: 'weibo' });
  const before = sites.requests().length;
  const brief = await client.submit('需要登录', [entry('2/3', '面霜', 10)]);
  const { state } = await client.toEnd(brief);

  expect(state).toBe('partial');
  expect(await platformState('weibo')).toBe('needs-login');
  expect(
    sites
      .requests()
      .slice(before)
      .filter(({ site }) => site === 'weibo'),
  ).toHaveLength(1);
});

test('a brief that is cancelled stops what has not run, and keeps what is there', async () => {
  sites.fault({ kind: 'late', milliseconds: 3000, site: 'weixin' });
  const brief = await client.submit('取消', [entry('1', '口红', 100)]);
  await expect
    .poll(async () => (await balance(brief)).articles, { timeout: 300_000, interval: 100 })
    .toBeGreaterThan(0);
  await client.ask('/job/cancel', { job_uuid: brief, cancel_reason: '不要了' });
  const { state } = await client.toEnd(brief);
  const [{ open } = { open: -1 }] = await flow.rows<{ open: number }>(
    `SELECT count(*)::int AS open FROM briefs.calls WHERE brief_uuid = $1 AND state = 'waiting'`,
    brief,
  );

  expect(state).toBe('cancelled');
  expect(open).toBe(0);
  expect((await balance(brief)).articles).toBeGreaterThan(0);
});
