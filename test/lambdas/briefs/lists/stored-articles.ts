import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../../../lambdas/adapters/database.ts';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import type { PlatformName } from '../../../../lambdas/briefs/platforms/names.ts';
import type { SentArticle } from '../../../../lambdas/briefs/ports.ts';
import { storeArticles } from '../../../../lambdas/briefs/stores/article-store.ts';
import { type NewBrief, submitBrief } from '../../../../lambdas/briefs/stores/submit-store.ts';
import { settingsOf } from '../stores/walk-of-a-brief.ts';

/** Briefs and articles as the workload itself stores them, for tests of what is shown of them. */

export interface MadeBrief {
  readonly uuid: string;
  readonly code: string;
  readonly stages: readonly string[];
}

/** A brief with a stage for each of its orders. */
export async function madeBrief(database: Database<unknown>, over: Partial<NewBrief> = {}): Promise<MadeBrief> {
  const order: NewBrief = {
    name: '秋季',
    remarks: '急',
    owner: 'owner',
    createUserName: '小梅',
    orders: [
      {
        platforms: ['weixin', 'weibo', 'redbook', 'bili', 'douyin'],
        keywords: ['精华水', '抗老'],
        limit: 100,
        fromDay: '2026-01-01',
        toDay: '2026-11-21',
      },
    ],
    jobContent: { job_content: [] },
    idempotencyKey: undefined,
    ...over,
  };
  const { uuid, code } = await submitBrief(database, order, settingsOf());
  const { rows } = await sql<{ uuid: string }>`
    SELECT uuid FROM briefs.stages WHERE brief_uuid = ${uuid} ORDER BY position`.execute(database.query);
  return { uuid, code, stages: rows.map((row) => row.uuid) };
}

type Figures = Parameters<typeof articleOf>[1];
type Told = Partial<Omit<Parameters<typeof articleOf>[0], 'article_key'>> & { readonly figures?: Figures };

/** Stores articles of one platform for a stage, in the order they are told. */
export async function addArticles(
  database: Database<unknown>,
  { uuid, stages: [stage = ''] }: MadeBrief,
  platform: PlatformName,
  articles: readonly Told[],
): Promise<void> {
  const { rows } = await sql<{ uuid: string; keyword: string }>`
    SELECT uuid, keyword FROM briefs.tasks WHERE stage_uuid = ${stage} AND platform = ${platform}
    ORDER BY keyword LIMIT 1`.execute(database.query);
  const [task] = rows;
  if (!task) throw new Error(`The stage does not ask ${platform}`);
  const sent = articles.map(({ figures = {}, ...told }, index): SentArticle => {
    const address = `https://example.org/${randomUUID()}`;
    const article = articleOf(
      { article_key: address, url: address, post_time: '2026-11-10T00:00:00.000Z', ...told },
      figures,
    );
    return {
      platform,
      brief_uuid: uuid,
      stage_uuid: stage,
      task_uuid: task.uuid,
      keyword: task.keyword,
      page: 1,
      place: `/${index}`,
      crawled_at: '2026-11-21T00:00:00.000Z',
      raw_key: 'briefs/raw/1',
      article,
    };
  });
  await storeArticles(database, sent, { settings: settingsOf(), now: new Date() });
}
