import { sql } from 'kysely';
import type { Database } from '../../../../lambdas/adapters/database.ts';
import type { CrawledArticle } from '../../../../lambdas/briefs/article/article.ts';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import { allPlatformSettings } from '../../../../lambdas/briefs/collect/settings.ts';
import { type PlatformName, platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import type { SentArticle } from '../../../../lambdas/briefs/ports.ts';
import { storeArticles } from '../../../../lambdas/briefs/stores/article-store.ts';
import { submitBrief } from '../../../../lambdas/briefs/stores/submit-store.ts';
import { randomNumbers } from '../../../support/random.ts';

const subjects =
  '精华水 面霜 敏感肌 防晒 抗老 护肤心得 新能源汽车 续航 充电桩 露营装备 咖啡馆 周末市集 猫咪 狗粮 健身房 瑜伽 减脂餐 旅行攻略 海岛 酒店 火锅 奶茶 手机 相机 耳机 键盘 球鞋 外套 口红 香水'.split(
    ' ',
  );
const sayings =
  '今天终于入手了 用了一个月来反馈 真心推荐给大家 性价比很高 细节做得不错 客服态度也很好 朋友们都说好看 下次还会再买 适合上班族 学生党也能负担 质地清爽不油腻 成分表研究了很久 排队两个小时才买到 活动期间价格更划算 拍照特别上镜 第一次尝试就成功 医生建议循序渐进 设计师的灵感来自大海 城市里的小确幸 春天的味道'.split(
    ' ',
  );

/** Nothing is asked for beyond what is stored. */
const noDetails = allPlatformSettings.parse(
  Object.fromEntries(
    platformNames.map((name) => [
      name,
      {
        driver: 'native',
        baseUrl: 'http://127.0.0.1:1',
        requestsPerSecond: 1,
        concurrency: 1,
        pricePerCall: 0,
        budgetPerBrief: 0,
        budgetPerDay: 0,
        enrich: false,
        probe: false,
      },
    ]),
  ),
);

/** Articles of one platform that nobody wrote; the same for the same seed. `length`: characters of each, on average. */
export function sampleArticles(
  platform: PlatformName,
  many: number,
  { seed = 1, length = 125 } = {},
): CrawledArticle[] {
  const random = randomNumbers(seed + platform.length * 1000);
  const any = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  const figure = () => (random() < 0.05 ? undefined : Math.floor(random() ** 3 * 200_000));
  return Array.from({ length: many }, (_, index) => {
    const tags = [any(subjects), any(subjects)];
    let content = platform === 'weibo' || platform === 'douyin' ? `#${tags[0]}# ` : '';
    const wanted = length * (0.4 + random() * 1.2);
    while (content.length < wanted) content += `${any(subjects)}${any(sayings)}，`;
    const user = Math.floor(random() * many * 0.6);
    return articleOf(
      {
        article_key: `${platform}-${seed}-${index}`,
        url: `https://${platform}.example/${seed}/${index}?from=search&n=${index}`,
        title: platform === 'weibo' ? null : `${any(subjects)}${any(sayings)}`,
        content,
        post_time: new Date(Date.UTC(2026, 10, 1) + Math.floor(random() * 28 * 86_400_000)).toISOString(),
        user_name: `用户${user}`,
        user_id: `${platform}${user}`,
        user_url: `https://${platform}.example/u/${user}`,
        tags,
        is_repost: random() < 0.2,
        note_type: platform === 'redbook' ? (random() < 0.5 ? 'video' : 'normal') : null,
        cover_url: `https://${platform}.example/cover/${index}.jpg`,
        duration_seconds: platform === 'bili' ? Math.floor(random() * 4000) : null,
      },
      Object.fromEntries(
        'like read share comment collect play danmu download coin user_fans user_following user_posts'
          .split(' ')
          .map((name) => [name, figure()]),
      ),
    );
  });
}

export interface SampleStage {
  readonly brief: string;
  readonly stage: string;
}

export interface SampleOrder {
  readonly platforms: readonly PlatformName[];
  readonly keywords: readonly string[];
  readonly createUserName?: string;
  /** Of one platform and keyword. */
  readonly articles: (platform: PlatformName, keyword: string) => readonly CrawledArticle[];
}

/** A stage whose tasks have ended and whose files are wanted, with its articles, what was found, and the calls. */
export async function storeSampleStage(
  database: Database<unknown>,
  { platforms, keywords, createUserName = '小梅', articles }: SampleOrder,
): Promise<SampleStage> {
  const order = {
    name: '秋季',
    remarks: '',
    owner: 'mei',
    createUserName,
    orders: [{ platforms, keywords, limit: 10_000, fromDay: '2026-11-01', toDay: '2026-11-30' }],
    jobContent: [],
    idempotencyKey: undefined,
  };
  const { uuid: brief } = await submitBrief(database, order, noDetails);
  const tasks = await sql<{ uuid: string; stage_uuid: string; platform: PlatformName; keyword: string }>`
    UPDATE briefs.tasks SET state = 'running', started_at = '2026-11-29T01:00:00Z' WHERE brief_uuid = ${brief}
    RETURNING uuid, stage_uuid, platform, keyword`.execute(database.query);
  await sql`UPDATE briefs.calls SET state = 'sent', attempts = 1, cost_usd = 0.001 WHERE brief_uuid = ${brief}`.execute(
    database.query,
  );
  for (const task of tasks.rows) {
    const found = articles(task.platform, task.keyword).map((article, index) => sentOf(brief, task, article, index));
    await sql`
      INSERT INTO briefs.finds (task_uuid, page, place, article_key, state)
      SELECT ${task.uuid}, 1, * , 'sent' FROM unnest(${found.map(({ place }) => place)}::text[],
        ${found.map(({ article }) => article.article_key)}::text[])`.execute(database.query);
    for (let next = 0; next < found.length; next += 500)
      await storeArticles(database, found.slice(next, next + 500), { settings: noDetails, now: new Date() });
  }
  await sql`UPDATE briefs.calls SET state = 'answered' WHERE brief_uuid = ${brief}`.execute(database.query);
  await sql`UPDATE briefs.tasks SET state = 'finished', ended_at = '2026-11-29T01:01:00Z' WHERE brief_uuid = ${brief}`.execute(
    database.query,
  );
  const { rows } = await sql<{ uuid: string }>`
    UPDATE briefs.stages SET state = 'running', export_state = 'wanted', export_asked_at = now() WHERE brief_uuid = ${brief}
    RETURNING uuid`.execute(database.query);
  await sql`UPDATE briefs.briefs SET state = 'running', started_at = now() WHERE uuid = ${brief}`.execute(
    database.query,
  );
  return { brief, stage: rows[0]?.uuid ?? '' };
}

function sentOf(
  brief: string,
  task: {
    readonly uuid: string;
    readonly stage_uuid: string;
    readonly platform: PlatformName;
    readonly keyword: string;
  },
  article: CrawledArticle,
  index: number,
): SentArticle {
  return {
    platform: task.platform,
    brief_uuid: brief,
    stage_uuid: task.stage_uuid,
    task_uuid: task.uuid,
    keyword: task.keyword,
    page: 1,
    place: String(index),
    crawled_at: '2026-11-29T01:00:30.000Z',
    raw_key: 'briefs/raw/x.json',
    article,
  };
}
