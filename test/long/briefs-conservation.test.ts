import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { platformNamed } from '../../lambdas/briefs/platforms/index.ts';
import type { PlatformName } from '../../lambdas/briefs/platforms/names.ts';
import { briefs as briefsSettings } from '../../lib/settings/briefs.ts';
import { keptToken } from '../../local/callers/console-token.ts';
import { samplePlatforms } from '../../local/sample-platforms.ts';
import type { PlatformFaultOrder } from '../../local/sample-site/platforms/faults.ts';
import { type PlatformSites, startPlatformSites } from '../../local/sample-site/platforms/start.ts';
import { type EmbeddedBroker, startEmbedded } from '../../packages/one-machine/test/support/kafka/embedded.ts';
import { openPool } from '../../packages/one-machine/test/support/pool.ts';
import { type BriefsClient, briefsClient } from '../support/briefs-client.ts';
import { canFindInstances, instancesOf } from '../support/instances.ts';
import { lengths, seedOf } from '../support/lengths.ts';
import { randomNumbers } from '../support/random.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/**
 * Twenty briefs at once, while platforms fail in every way, workers, the stack and the broker are killed without warning,
 * and every message comes twice. In the end each brief has ended, and everything found is stored, dropped or failed.
 */

const { briefs: count, briefWorkerKills: workerKills } = lengths;
/** Stands in the name of the tests; MILLRACE_KILL_SEED repeats the moments. */
const seed = seedOf('MILLRACE_KILL_SEED');
const random = randomNumbers(seed);
const patienceMs = 20 * 60_000;

/** One in twenty of each. Those that stop a platform are few: nothing is found then, and nothing can get lost. */
const faults: readonly PlatformFaultOrder[] = [
  { kind: 'status', status: 500, percent: 5 },
  { kind: 'half', percent: 5 },
  { kind: 'cut', percent: 5 },
  { kind: 'reset', percent: 5 },
  { kind: 'unknown-shape', percent: 5 },
  { kind: 'unreadable-times', percent: 5 },
  { kind: 'nothing-found', percent: 5 },
  { kind: 'late', milliseconds: 1000, percent: 5 },
  { kind: 'throttled', site: 'gateway', percent: 5, times: 2 },
  { kind: 'captcha', site: 'weixin', percent: 5, times: 1 },
  { kind: 'login-wall', site: 'bili', percent: 5, times: 1 },
];

const undo: (() => Promise<unknown>)[] = [];
let sites: PlatformSites;
let broker: EmbeddedBroker;
let directory: string;
let stack: StackProcess;
let api: { readonly url: string; readonly token: string };
let submitted: readonly string[];
let killed = 0;

const client: BriefsClient = briefsClient({
  async api(route, init) {
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${api.url}${route}`, { ...init, headers });
    return { status: response.status, body: await response.json() };
  },
});

async function start(): Promise<void> {
  const { platforms } = briefsSettings.parse({});
  // What has stopped is given up soon, so that the briefs end within this test; details are asked for on one platform alone.
  const impatient = Object.entries(platforms).map(([name, one]) => [
    name,
    { ...one, patienceSeconds: 20, enrich: name === 'weibo' },
  ]);
  stack = await startStackProcess(directory, {
    KAFKA_BROKERS: broker.brokers,
    BRIEFS_PLATFORMS: samplePlatforms(JSON.stringify(Object.fromEntries(impatient)), sites) ?? '',
    CALLER_REQUESTS_PER_SECOND: '100000',
    CALLER_BURST: '100000',
    POWERTOOLS_LOG_LEVEL: 'ERROR',
  });
  const { api: url } = await askConsole<{ api: string }>(stack, '/stack');
  api = { url, token: await keptToken(directory) };
}

/** Only once the briefs are asked for: a request whose function dies is answered 500, and whoever asks again may have two. */
async function letWorkersDie(): Promise<void> {
  await askConsole(stack, '/faults', { deliveries: 2, crashBefore: 0.002, crashAfter: 0.002 });
}

async function rows<T>(statement: string, ...values: readonly unknown[]): Promise<T[]> {
  const pool = openPool(stack.databaseUrl);
  try {
    return (await pool.query(statement, [...values])).rows as T[];
  } finally {
    await pool.end();
  }
}

async function submitAll(): Promise<string[]> {
  const entry = (platform: string, keywords: string) => ({
    platform,
    keywords,
    limitnum: 20,
    starttime: 20160101,
    endtime: 20991231,
  });
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1)
    ids.push(
      await client.submit(`守恒 ${number}`, [
        entry('1/2/3/4/5', `词${number % 7}`),
        entry('2/4', `词${number % 5}/共同`),
      ]),
    );
  return ids;
}

/** In the middle of the work: workers one by one, then the broker, then everything. */
async function disturb(): Promise<void> {
  for (let kill = 0; kill < workerKills; kill += 1) {
    await sleep(500 + random() * 1500);
    const instances = canFindInstances ? instancesOf(stack.child.pid ?? 0, /^Briefs-/) : [];
    const victim = instances[Math.floor(random() * instances.length)];
    if (victim !== undefined) {
      process.kill(victim, 'SIGKILL');
      killed += 1;
    }
    if (kill === Math.floor(workerKills / 3)) await broker.restart('SIGKILL');
    if (kill === Math.floor((2 * workerKills) / 3)) {
      await stack.kill();
      await start();
      await letWorkersDie();
    }
  }
}

const open = () =>
  rows<{ code: string }>(`SELECT code FROM briefs.briefs WHERE state IN ('queued', 'running')`).then(
    ({ length }) => length,
  );

beforeAll(async () => {
  console.info(`MILLRACE_KILL_SEED=${seed}`);
  sites = await startPlatformSites();
  undo.push(() => sites.stop());
  broker = await startEmbedded();
  undo.push(() => broker.stop());
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-briefs-'));
  undo.push(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));
  undo.push(async () => stack?.kill());
  await start();
  for (const fault of faults) sites.fault(fault);
  const began = Date.now();
  await askConsole(stack, '/faults', { deliveries: 2 });
  submitted = await submitAll();
  await letWorkersDie();
  await disturb();
  await askConsole(stack, '/faults', { deliveries: 1, crashBefore: 0, crashAfter: 0 });
  for (const until = Date.now() + patienceMs; (await open()) > 0 && Date.now() < until; ) await sleep(1000);
  console.info(`${killed} workers killed; all ended after ${Math.round((Date.now() - began) / 1000)} s`);
}, 30 * 60_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

describe(`${count} briefs at once, under kills (seed ${seed})`, () => {
  test('end, each of them with all its stages and tasks, and nothing is under way', async () => {
    const states = await rows<{ what: string; state: string; number: number }>(`
      SELECT 'brief' AS what, state, count(*)::int AS number FROM briefs.briefs GROUP BY 2
      UNION ALL SELECT 'stage', state, count(*)::int FROM briefs.stages GROUP BY 2
      UNION ALL SELECT 'task', state, count(*)::int FROM briefs.tasks GROUP BY 2
      UNION ALL SELECT 'call', state, count(*)::int FROM briefs.calls WHERE state IN ('waiting', 'sent') GROUP BY 2
      UNION ALL SELECT 'find', state, count(*)::int FROM briefs.finds WHERE state = 'sent' GROUP BY 2
      ORDER BY 1, 2`);
    console.info(states.map(({ what, state, number }) => `${number} ${what}s ${state}`).join(', '));

    expect(states.filter(({ state }) => ['queued', 'running', 'waiting', 'sent'].includes(state))).toEqual([]);
    expect(submitted).toHaveLength(count);
    if (canFindInstances) expect(killed).toBeGreaterThan(0);
  });

  test('have found as much as is stored, dropped and failed, page by page as it was received', async () => {
    const pages = await rows<{
      task: string;
      page: number;
      platform: PlatformName;
      raw_key: string;
      answered: Date;
      found: number;
    }>(`
      SELECT call.task_uuid AS task, call.page, call.platform, call.raw_key, call.answered_at AS answered,
        (SELECT count(*)::int FROM briefs.finds WHERE task_uuid = call.task_uuid AND page = call.page) AS found
      FROM briefs.calls AS call WHERE call.kind = 'search' AND call.state = 'answered' ORDER BY call.id`);
    const others: string[] = [];
    for (const { platform, raw_key, answered, found, task, page } of pages) {
      const text = await (await fetch(`${stack.url}/buckets/millrace-raw-bucket/${raw_key}`)).text();
      const driver = Object.values(platformNamed(platform).drivers)[0];
      const { items } = driver?.read({ status: 200, contentType: '', url: '', text }, answered) ?? { items: [] };
      if (items.length !== found)
        others.push(`${task} page ${page} of ${platform}: ${items.length} received, ${found} found`);
    }

    expect(pages.length).toBeGreaterThan(count);
    expect(others).toEqual([]);
  });

  test('have each article once, that was found for them, and every find that counts as stored has its article', async () => {
    const wrong = await rows<{ what: string; number: number }>(`
      SELECT 'stored without an article' AS what, count(*)::int AS number
      FROM briefs.finds AS find JOIN briefs.tasks AS task ON task.uuid = find.task_uuid
      WHERE find.state = 'stored' AND NOT EXISTS (SELECT FROM briefs.articles AS article
        WHERE article.stage_uuid = task.stage_uuid AND article.platform = task.platform AND article.article_key = find.article_key)
      UNION ALL
      SELECT 'article that nobody found', count(*)::int FROM briefs.articles AS article
      WHERE NOT EXISTS (SELECT FROM briefs.finds AS find JOIN briefs.tasks AS task ON task.uuid = find.task_uuid
        WHERE task.stage_uuid = article.stage_uuid AND task.platform = article.platform
          AND find.article_key = article.article_key AND find.state = 'stored')
      UNION ALL
      SELECT 'article twice', count(*)::int FROM (
        SELECT FROM briefs.articles GROUP BY stage_uuid, platform, article_key HAVING count(*) > 1) AS twice
      UNION ALL
      SELECT 'article of another brief', count(*)::int
      FROM briefs.articles AS article JOIN briefs.tasks AS task ON task.uuid = article.task_uuid
      WHERE (article.brief_uuid, article.stage_uuid, article.platform) <> (task.brief_uuid, task.stage_uuid, task.platform)
      UNION ALL
      SELECT 'keyword of another stage', count(*)::int
      FROM briefs.articles AS article JOIN briefs.stages AS stage ON stage.uuid = article.stage_uuid
      WHERE NOT article.keywords <@ stage.keywords`);

    expect(wrong.filter(({ number }) => number > 0)).toEqual([]);
    expect((await rows('SELECT FROM briefs.articles')).length).toBeGreaterThan(count);
  });

  test('have a zip for each stage', async () => {
    const stages = await rows<{ uuid: string; export_state: string }>('SELECT uuid, export_state FROM briefs.stages');
    const missing: string[] = [];
    for (const { uuid, export_state } of stages) {
      const { status } = await fetch(`${stack.url}/buckets/millrace-raw-bucket/briefs/${uuid}.zip`);
      if (status !== 200 || export_state !== 'made') missing.push(`${uuid}: ${status}, ${export_state}`);
    }

    expect(missing).toEqual([]);
  });
});
