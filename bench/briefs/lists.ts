import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../../lambdas/adapters/database.ts';
import { listAccounts } from '../../lambdas/briefs/lists/account-list-store.ts';
import { listArticles } from '../../lambdas/briefs/lists/article-list-store.ts';
import { listBriefs } from '../../lambdas/briefs/lists/brief-list-store.ts';
import { sumsOf } from '../../lambdas/briefs/lists/brief-view-store.ts';
import { type Benchmark, type Figure, figure, say } from '../figures.ts';
import { articleCount, databaseOfArticles, stageCount } from './many-articles.ts';

const page = { start: 0, length: 50 };
const newest = { by: 'post_time', descending: true } as const;
const often = 200;

type Ask = (database: Database<unknown>, stage: string) => Promise<unknown>;

/** The lists of the front end, each of a stage that is another one each time. */
const lists: Readonly<Record<string, Ask>> = {
  'articles, newest first': (database, stage) => listArticles(database, { stage, platform: 'weibo' }, newest, page),
  'articles, most interaction, least first': (database, stage) =>
    listArticles(database, { stage, platform: 'redbook' }, { by: 'interaction', descending: false }, page),
  'articles, like and collect': (database, stage) =>
    listArticles(database, { stage, platform: 'redbook' }, { by: 'liked', descending: true }, page),
  'articles, the last page': (database, stage) =>
    listArticles(database, { stage, platform: 'bili' }, newest, { start: 9950, length: 50 }),
  'articles, six filters': (database, stage) => {
    const bounds = { least: { like: 1000, comment: 10 }, most: { like: 90_000, interaction: 90_000 } };
    const filter = { stage, platform: 'redbook', noteType: 'video', from: new Date('2026-03-01'), ...bounds } as const;
    return listArticles(database, filter, { by: 'like', descending: true }, page);
  },
  'articles, title and user contain': (database, stage) =>
    listArticles(database, { stage, platform: 'douyin', titled: '选1', userName: '户7' }, newest, page),
  accounts: (database, stage) => listAccounts(database, { stage, platform: 'weibo', levels: [] }, page),
  'accounts, name and fans': (database, stage) =>
    listAccounts(
      database,
      { stage, platform: 'redbook', levels: ['腰部kol', '头部kol'], name: '7', leastFans: 10_000 },
      page,
    ),
  'sums of a stage': (database, stage) => sumsOf(database, [stage]),
  briefs: (database) => listBriefs(database, { reader: undefined, name: '秋' }, { start: 0, length: 10 }),
};

/** The front end's lists over the whole database, one after the other on one connection. */
export const benchmark: Benchmark = {
  title: `Lists over ${articleCount.toLocaleString('en-US')} stored articles in ${stageCount} stages, p99 of ${often} each`,
  async measure() {
    const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
    say('making the articles');
    const { app, stages, stop } = await databaseOfArticles(directory);
    try {
      const figures: Figure[] = [];
      for (const [name, ask] of Object.entries(lists)) {
        const before = await processorMs(app);
        const found = await timesOf((at) => ask(app, stages[at % stages.length] ?? ''));
        const spent = (await processorMs(app)) - before;
        figures.push(figure(name, 'ms', found), figure(`${name}: p99`, 'ms', [p99(found)]));
        figures.push(figure(`${name}: processor, mean`, 'ms', [spent / often]));
      }
      return figures;
    } finally {
      await stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function timesOf(ask: (at: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let at = 0; at < often; at += 1) {
    const began = performance.now();
    await ask(at);
    times.push(performance.now() - began);
  }
  return times;
}

/** Of this process and of the server's that works for it: what a list costs, whoever else is busy. Linux tells it. */
async function processorMs(database: Database<unknown>): Promise<number> {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(database.query);
  // After the name in parentheses; utime and stime are the 14th and the 15th field, in hundredths of a second.
  const fields = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const { user, system } = process.cpuUsage();
  return (Number(fields[11]) + Number(fields[12])) * 10 + (user + system) / 1000;
}

function p99(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
