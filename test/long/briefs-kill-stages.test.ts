import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptToken } from '../../local/callers/console-token.ts';
import { openPool } from '../../packages/one-machine/test/support/pool.ts';
import { type BriefsClient, briefsClient } from '../support/briefs-client.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/**
 * The whole stack is killed without warning in each stage of a brief by itself: the next start ends the brief as if nothing
 * had happened, with the very articles of an undisturbed one, its files, and one mail.
 */

type Rows = ReturnType<typeof openPool>;

interface Moment {
  /** One row: whether the brief is there now. */
  readonly statement: string;
  /** What keeps the stage from being over before anybody has seen it. */
  readonly refused?: 'ses';
  /** A file of the stage that lies in the bucket by then. */
  readonly file?: string;
}

const moments: Readonly<Record<string, Moment>> = {
  collect: {
    statement: `SELECT EXISTS (SELECT FROM briefs.calls WHERE brief_uuid = $1 AND kind = 'search' AND state = 'sent') AS now`,
  },
  store: {
    statement: `SELECT EXISTS (SELECT FROM briefs.finds AS find JOIN briefs.tasks AS task ON task.uuid = find.task_uuid
      WHERE task.brief_uuid = $1 AND find.state = 'sent') AS now`,
  },
  enrich: {
    statement: `SELECT EXISTS (SELECT FROM briefs.calls WHERE brief_uuid = $1 AND kind <> 'search' AND state = 'sent') AS now`,
  },
  analyse: {
    statement: `SELECT EXISTS (SELECT FROM briefs.stages
      WHERE brief_uuid = $1 AND export_state = 'wanted' AND export_attempts > 0) AS now`,
  },
  zip: {
    statement: `SELECT EXISTS (SELECT FROM briefs.stages WHERE brief_uuid = $1 AND export_state = 'wanted') AS now`,
    file: 'keyword.xlsx',
  },
  mail: {
    statement: `SELECT ended_at IS NOT NULL AS now FROM briefs.briefs WHERE uuid = $1`,
    refused: 'ses',
  },
};

const patienceMs = 10 * 60_000;
// Kills come in the middle of what each statement tells; what comes between two looks is a kill a little later.
const lookEveryMs = 3;

let directory: string;
let stack: StackProcess;
let pool: Rows;
let api: { readonly url: string; readonly token: string };

const client: BriefsClient = briefsClient({
  async api(route, init) {
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${api.url}${route}`, { ...init, headers });
    return { status: response.status, body: await response.json() };
  },
});

async function start(): Promise<void> {
  stack = await startStackProcess(directory, { POWERTOOLS_LOG_LEVEL: 'ERROR' });
  pool = openPool(stack.databaseUrl);
  const { api: url } = await askConsole<{ api: string }>(stack, '/stack');
  api = { url, token: await keptToken(directory) };
}

async function kill(): Promise<void> {
  await stack.kill();
  await pool.end();
}

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-stages-'));
  await start();
});

afterAll(async () => {
  if (stack) await kill();
  // The database of a killed stack writes on until it sees that it is alone.
  await rm(directory, { recursive: true, force: true, maxRetries: 40, retryDelay: 100 });
});

const rows = async <T>(statement: string, ...values: readonly unknown[]) =>
  (await pool.query(statement, [...values])).rows as T[];

const submit = (name: string, keyword: string) =>
  client.submit(name, [
    { platform: '1/2/3/4/5', keywords: keyword, limitnum: 30, starttime: 20160101, endtime: 20991231 },
  ]);

/** Kills the stack when the brief is where `moment` says. */
async function killedIn({ statement, file }: Moment, brief: string): Promise<void> {
  const [stage] = await rows<{ uuid: string }>(`SELECT uuid FROM briefs.stages WHERE brief_uuid = $1`, brief);
  const isThere = async () => {
    const [found] = await rows<{ now: boolean }>(statement, brief);
    return found?.now === true && (file === undefined || (await isKept(`briefs/${stage?.uuid}/${file}`)));
  };
  for (const until = Date.now() + patienceMs; !(await isThere()); await sleep(lookEveryMs))
    if (Date.now() > until) throw new Error(`It never came to this:\n${stack.printed()}`);
  await kill();
}

async function isKept(key: string): Promise<boolean> {
  const { status } = await fetch(`${stack.url}/buckets/millrace-raw-bucket/${key}`, { method: 'HEAD' });
  return status === 200;
}

/**
 * A call that nobody answers is given back after its lease of three minutes, and its turn with it: they are over, for those
 * of the stack that was killed. Their messages have come again meanwhile.
 */
async function leasesAreOver(since: Date): Promise<void> {
  await pool.query(`UPDATE briefs.calls SET lease_until = now() WHERE state = 'sent' AND sent_at < $1`, [since]);
  await pool.query(
    `DELETE FROM platform.turns WHERE id NOT IN (SELECT turn_id FROM briefs.calls WHERE turn_id IS NOT NULL AND sent_at >= $1)`,
    [since],
  );
}

interface Article {
  readonly platform: string;
  readonly article_key: string;
}

const keyOf = ({ platform, article_key }: Article) => `${platform} ${article_key}`;

/** Which ten minutes these are. */
const tenMinutes = () => Math.floor(Date.now() / 600_000);

/** What a brief has come to, in one order, without what differs from one brief to the next. */
function articlesOf(brief: string) {
  return rows<Article>(
    `SELECT platform, article_key, keywords, title, "like", share, comment, collect, play, coin, interaction, user_id,
      user_fans, length(content) AS length
    FROM briefs.articles WHERE brief_uuid = $1 ORDER BY platform, article_key`,
    brief,
  );
}

/** Ends that are missing, and finds of which nothing came: none of either. */
function openEnds(brief: string) {
  return rows(
    `SELECT 'call' AS what, count(*)::int FROM briefs.calls WHERE brief_uuid = $1 AND state IN ('waiting', 'sent') HAVING count(*) > 0
    UNION ALL
    SELECT 'find', count(*)::int FROM briefs.finds AS find JOIN briefs.tasks AS task ON task.uuid = find.task_uuid
    WHERE task.brief_uuid = $1 AND (find.state = 'sent' OR find.state = 'failed' AND find.reason = 'lost') HAVING count(*) > 0
    UNION ALL
    SELECT 'run', count(*)::int FROM platform.runs
    WHERE workload = 'briefs' AND ended_at IS NULL AND strpos(name, $1::text) > 0 HAVING count(*) > 0`,
    brief,
  );
}

test.for(Object.entries(moments))('killed in "%s", a brief ends whole and once', async ([name, moment]) => {
  if (moment.refused) await askConsole(stack, '/refuse', { service: moment.refused, seconds: 3600 });
  const began = tenMinutes();
  const disturbed = await submit(`杀 ${name}`, `词${name}`);
  await killedIn(moment, disturbed);
  const killed = new Date();
  await start();
  const aging = setInterval(() => void leasesAreOver(killed).catch(() => undefined), 20_000);
  const brief = await client.toEnd(disturbed).finally(() => clearInterval(aging));

  expect(brief.state, JSON.stringify(brief)).toBe('finished');
  const twin = await submit(`同 ${name}`, `词${name}`);
  expect((await client.toEnd(twin)).state).toBe('finished');
  const expected = await articlesOf(twin);
  expect(expected.length).toBeGreaterThan(50);
  const kept = await articlesOf(disturbed);
  // The sample sites have new posts every ten minutes; what both found is the same in any case.
  const common = new Set(expected.map(keyOf)).intersection(new Set(kept.map(keyOf)));
  expect(common.size).toBeGreaterThan(50);
  if (tenMinutes() === began) expect(kept).toEqual(expected);
  else expect(kept.filter((one) => common.has(keyOf(one)))).toEqual(expected.filter((one) => common.has(keyOf(one))));
  expect(await openEnds(disturbed)).toEqual([]);
  const [stage] = brief.data;
  expect(await isKept(`briefs/${stage?.stageUuid}.zip`)).toBe(true);
});

test('each of them is told twice: that it was submitted, and how it ended', async () => {
  const briefs = await rows<{ code: string }>('SELECT code FROM briefs.briefs ORDER BY code');
  expect(briefs).toHaveLength(2 * Object.keys(moments).length);
  const told = async () => {
    const mails = await askConsole<{ readonly subject: string }[]>(stack, '/mails');
    return mails.map(({ subject }) => /^工单 (\d+) (\S+?)：/.exec(subject)?.slice(1).join(' ')).sort();
  };

  // What was claimed by a mailer that was killed comes again after the queue's three minutes.
  await expect
    .poll(async () => [...new Set(await told())], { timeout: patienceMs })
    .toEqual(briefs.flatMap(({ code }) => [`${code} 已完成`, `${code} 已提交`]));
  // Only a mailer that is killed between sending and writing that down sends it twice.
  expect((await told()).length).toBeLessThanOrEqual(2 * briefs.length + Object.keys(moments).length);
});
