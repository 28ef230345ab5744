import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AllPlatformSettings, PlatformSettings } from '../../lambdas/briefs/collect/settings.ts';
import { type PlatformName, platformNames } from '../../lambdas/briefs/platforms/names.ts';
import { type PlatformSites, startPlatformSites } from '../../local/sample-site/platforms/start.ts';
import { simulatedWorkers } from '../lambdas/briefs/collect/simulated-workers.ts';
import { settingsOf, type Walk, walkOf } from '../lambdas/briefs/stores/walk-of-a-brief.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedOf } from '../support/lengths.ts';
import { randomNumbers } from '../support/random.ts';

let database: TestDatabase<unknown>;
let sites: PlatformSites;
let walk: Walk;

beforeAll(async () => {
  [database, sites] = await Promise.all([startTestDatabase(), startPlatformSites()]);
  walk = walkOf(database);
});

afterAll(async () => {
  await Promise.all([database?.stop(), sites?.stop()]);
});

beforeEach(async () => {
  sites.clearFaults();
  await walk.empty();
});

/** Stands in the names of the tests; MILLRACE_KILL_SEED repeats who died when. */
const seed = seedOf('MILLRACE_KILL_SEED');

function settings(others: Partial<Record<PlatformName, Partial<PlatformSettings>>> = {}): AllPlatformSettings {
  const own = platformNames.map((name) => {
    const isGateway = name === 'redbook' || name === 'douyin';
    const site = name === 'redbook' || name === 'douyin' ? 'gateway' : name;
    return [
      name,
      { driver: isGateway ? 'gateway' : 'native', baseUrl: sites.urlOf(site), enrich: true, ...others[name] },
    ] as const;
  });
  return settingsOf({ concurrency: 8, patienceSeconds: 600 }, Object.fromEntries(own));
}

const order = { limit: 10, fromDay: '2016-01-01', toDay: '2099-12-31' };

async function rowsOf<T>(query: ReturnType<typeof sql<T>>): Promise<T[]> {
  return (await query.execute(database.app.query)).rows;
}

/** What must be so however it went: whatever is named here is wrong. */
async function wrongs(): Promise<unknown[]> {
  return rowsOf(sql`
    SELECT * FROM (
      SELECT 'still under way' AS what, count(*) AS number FROM (
        SELECT state FROM briefs.briefs UNION ALL SELECT state FROM briefs.stages UNION ALL SELECT state FROM briefs.tasks
        UNION ALL SELECT state FROM briefs.calls UNION ALL SELECT state FROM briefs.finds) AS every
      WHERE state IN ('queued', 'running', 'waiting', 'sent')
      UNION ALL SELECT 'ended without a time', count(*) FROM briefs.tasks WHERE ended_at IS NULL OR started_at IS NULL
      UNION ALL SELECT 'finds that are not accounted for', count(*) FROM briefs.tasks AS task
        WHERE found <> (SELECT count(*) FROM briefs.finds WHERE task_uuid = task.uuid)
      UNION ALL SELECT 'dropped without a reason', count(*) FROM briefs.finds
        WHERE state IN ('dropped', 'failed') AND reason IS NULL
      UNION ALL SELECT 'above the limit', count(*) FROM briefs.tasks AS task WHERE article_limit
        < (SELECT count(*) FROM briefs.finds WHERE task_uuid = task.uuid AND state = 'stored')
      UNION ALL SELECT 'articles and finds that differ', count(*) FROM briefs.stages AS stage
        WHERE (SELECT count(*) FROM briefs.articles WHERE stage_uuid = stage.uuid)
          <> (SELECT count(*) FROM briefs.finds JOIN briefs.tasks ON uuid = task_uuid
            WHERE stage_uuid = stage.uuid AND finds.state = 'stored')
      UNION ALL SELECT 'article of another brief', count(*) FROM briefs.articles AS article
        JOIN briefs.tasks AS task ON task.uuid = article.task_uuid
        WHERE (article.brief_uuid, article.stage_uuid, article.platform)
          <> (task.brief_uuid, task.stage_uuid, task.platform) OR NOT task.keyword = ANY(article.keywords)
      UNION ALL SELECT 'runs that lost something', count(*) FROM platform.runs WHERE lost IS DISTINCT FROM 0
      UNION ALL SELECT 'runs that are open', count(*) FROM platform.runs WHERE state = 'running'
      UNION ALL SELECT 'tasks without a run', (SELECT count(*) FROM briefs.tasks)
        - (SELECT count(*) FROM platform.runs WHERE kind = 'task' AND parent LIKE 'stage:%')
      UNION ALL SELECT 'given up, and not in the ledger', count(*) FROM briefs.calls AS call
        WHERE state = 'failed' AND kind <> 'probe' AND NOT EXISTS (
          SELECT FROM platform.failures WHERE natural_key ^@ ('step:briefs/call:' || call.id || ':'))
    ) AS each WHERE number <> 0`);
}

test(`briefs end and lose nothing while calls fail, workers die and messages come twice (seed ${seed})`, async () => {
  const percent = 5;
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'half' },
    { kind: 'cut' },
    { kind: 'reset' },
    { kind: 'unknown-shape' },
    { kind: 'unreadable-times' },
    { kind: 'nothing-found' },
    { kind: 'throttled' },
  ] as const)
    sites.fault({ ...fault, percent });
  const random = randomNumbers(seed);
  const workers = simulatedWorkers({ database, settings: settings(), random, deathsPercent: 2, deliveries: 2 });
  const briefs = 3;
  for (let number = 0; number < briefs; number += 1)
    await walk.submit({
      name: `守恒 ${number}`,
      orders: [
        { ...order, platforms: platformNames, keywords: [`词${number % 3}`] },
        { ...order, platforms: ['weibo', 'bili'], keywords: [`词${number % 2}`, '共同'] },
      ],
    });
  await workers.run(12 * 3_600_000);

  expect(await wrongs()).toEqual([]);
  expect(workers.counted.deaths).toBeGreaterThan(0);
  expect(await rowsOf(sql`SELECT count(*) AS briefs, count(ended_at) AS ended FROM briefs.briefs`)).toEqual([
    { briefs, ended: briefs },
  ]);
  const [stored] = await rowsOf(sql<{ stored: number }>`SELECT count(*) AS stored FROM briefs.articles`);
  expect(stored?.stored).toBeGreaterThan(briefs * 10);
});

/** How long each platform's tasks took, in the simulated time, and how they ended. */
async function endsByPlatform(): Promise<Map<string, { readonly states: string; readonly calls: number }>> {
  const rows = await rowsOf(sql<{ platform: string; states: string; calls: number }>`
    SELECT platform, string_agg(DISTINCT state, ',') AS states,
      (SELECT count(*) FROM briefs.calls WHERE platform = task.platform AND state = 'answered') AS calls
    FROM briefs.tasks AS task GROUP BY platform`);
  return new Map(rows.map(({ platform, ...ends }) => [platform, ends]));
}

/** Runs one brief of all platforms until no task of the named ones is under way; resolves to the simulated time. */
async function runUntilEnded(platforms: readonly PlatformName[], answersInMs?: (platform: string) => number) {
  const workers = simulatedWorkers({
    database,
    settings: settings(),
    random: randomNumbers(1),
    deathsPercent: 0,
    deliveries: 1,
    ...(answersInMs && { answersInMs }),
  });
  await walk.submit({ orders: [{ ...order, platforms: platformNames, keywords: ['防晒'] }] });
  await workers.dispatch();
  const ended = async () => {
    const [open] = await rowsOf(sql<{ tasks: number }>`
      SELECT count(*) AS tasks FROM briefs.tasks
      WHERE platform = ANY(${platforms}::text[]) AND state IN ('queued', 'running')`);
    return open?.tasks === 0;
  };
  const othersMs = await workers.run(6 * 3_600_000, ended);
  const allMs = othersMs + (await workers.run(6 * 3_600_000));
  return { othersMs, allMs };
}

test('a platform that is down for good, one that wants a login and one that is slow hold nobody else up', async () => {
  const others = ['weixin', 'redbook', 'douyin'] as const;
  const before = await runUntilEnded(others);
  expect(await rowsOf(sql`SELECT state, reason FROM briefs.briefs`)).toEqual([{ state: 'finished', reason: null }]);
  await walk.empty();

  sites.fault({ kind: 'status', status: 503, site: 'bili' });
  sites.fault({ kind: 'login-wall', site: 'weibo' });
  const after = await runUntilEnded(others, (platform) => (platform === 'weixin' ? 30_000 : 100));
  const ends = await endsByPlatform();

  expect(await wrongs()).toEqual([]);
  expect(after.allMs).toBeLessThan(20 * 60_000);
  // The slow one takes two pages of half a minute; whoever isn't slow, down or walled ends with the first look.
  expect(after.othersMs).toBeLessThan(before.othersMs + 3 * 60_000);
  expect([...ends].map(([platform, { states }]) => [platform, states]).sort()).toEqual([
    ['bili', 'failed'],
    ['douyin', 'finished'],
    ['redbook', 'finished'],
    ['weibo', 'failed'],
    ['weixin', 'finished'],
  ]);
  const [told] = await rowsOf(sql<{ state: string; reason: string }>`SELECT state, reason FROM briefs.briefs`);
  expect(told?.state).toBe('partial');
  expect(told?.reason).toMatch(/bili: unreachable: .*503.*weibo: needs-login: /s);
  expect(await rowsOf(sql`SELECT name, severity FROM platform.alerts WHERE workload = 'briefs'`)).toEqual([
    { name: 'briefs-platform-stopped', severity: 'medium' },
  ]);
  // Whoever wants a login is asked once.
  expect(sites.requests().filter(({ site, fault }) => site === 'weibo' && fault === 'login-wall')).toHaveLength(1);
});
