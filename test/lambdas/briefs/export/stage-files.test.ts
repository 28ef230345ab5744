import { unzipSync } from 'fflate';
import { readXlsx } from 'hucre/xlsx';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { exportStage } from '../../../../lambdas/briefs/export/export-stage.ts';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { exportParts } from './export-parts.ts';
import { hasOpenpyxl, readByOpenpyxl } from './other-readers.ts';
import { sampleArticles, storeSampleStage } from './sample-stage.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE briefs.briefs, briefs.day_codes, briefs.platforms, briefs.articles, briefs.calls CASCADE`.execute(
    database.admin.query,
  );
});

/** What the columns of 微博 show, in PostgreSQL's own words. */
const weiboRows = (stage: string) => sql<{ row: unknown[] }>`
  SELECT json_build_array(user_url, user_id, user_name, user_fans, user_following, user_posts, url, content,
    to_char(post_time AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS'), "like", comment, share, interaction,
    is_repost::integer, array_to_string(keywords, '、')) AS row
  FROM briefs.articles WHERE stage_uuid = ${stage} AND platform = 'weibo' ORDER BY post_time DESC, id`;

const asRead = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => row.map((cell) => (cell instanceof Date ? cell.toISOString().slice(0, 19) : cell)));

test('10,000 rows are those of the database, in its order', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['weibo'],
    keywords: ['护肤'],
    articles: (platform) => sampleArticles(platform, 10_000),
  });
  const { ports, files } = exportParts(database);

  await exportStage({ stage_uuid: stage }, ports);

  const { rows } = await weiboRows(stage).execute(database.app.query);
  const stored = rows.map(({ row }) => row);
  const file = files.get(`briefs/${stage}/keyword.xlsx`) ?? Buffer.of();
  const [sheet] = (await readXlsx(file)).sheets;
  expect(asRead(sheet?.rows.slice(1) ?? [])).toEqual(stored);
});

test.skipIf(!hasOpenpyxl)(
  'another reader finds the same in both workbooks (skipped where Python has no openpyxl)',
  async () => {
    const { stage } = await storeSampleStage(database.app, {
      platforms: platformNames,
      keywords: ['护肤'],
      articles: (platform) => sampleArticles(platform, 100),
    });
    const { ports, files } = exportParts(database);
    await exportStage({ stage_uuid: stage }, ports);

    for (const name of ['keyword.xlsx', 'keyword_analysis.xlsx']) {
      const file = files.get(`briefs/${stage}/${name}`) ?? Buffer.of();
      const others = await readByOpenpyxl(file);
      const ours = (await readXlsx(file)).sheets;
      expect(others.map((sheet) => sheet.rows)).toEqual(ours.map((sheet) => asRead(sheet.rows)));
      expect(others.map((sheet) => sheet.formulas)).toEqual(ours.map(() => 0));
    }
    const [, weibo] = await readByOpenpyxl(files.get(`briefs/${stage}/keyword.xlsx`) ?? Buffer.of());
    expect(Object.keys(weibo?.links ?? {}).length).toBe(200);
  },
);

test('every column has its header, and what a platform does not tell is empty', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: platformNames,
    keywords: ['护肤'],
    articles: (platform) => sampleArticles(platform, 3),
  });
  const { ports, files } = exportParts(database);
  await exportStage({ stage_uuid: stage }, ports);

  const { sheets } = await readXlsx(files.get(`briefs/${stage}/keyword.xlsx`) ?? Buffer.of());
  expect(Object.fromEntries(sheets.map(({ name, rows }) => [name, rows[0]?.join(' ')]))).toEqual({
    微信: '文章标题 文章内容 发布时间 文章链接 文章阅读数 文章点赞数 文章评论数 用户名 用户ID 粉丝数 总互动量 关键词',
    微博: '用户链接 用户id 用户名 粉丝数 关注数 发布数 文章链接 文章内容 发布时间 文章点赞数 文章评论数 文章转发数 总互动数 是否直发（0：直发，1：转发） 关键词',
    小红书:
      '用户链接 用户名 粉丝数 kol级别 文章链接 文章类型 文章标题 文章内容 发布时间 文章点赞数 文章评论数 文章收藏数 文章分享数 文章获赞与收藏数 总互动数 互动率 评分 特征词 关键词',
    B站: '视频链接 标题 视频简介 视频图片链接 视频播放数 视频弹幕数 视频收藏数 视频评论数 视频硬币数 视频点赞数 视频分享数 总互动量 标签 视频时长 发布时间 用户名 用户id 用户链接 用户关注数 用户粉丝数 关键词',
    抖音: '标题 文章链接 文章内容 视频点赞数 视频下载数 视频分享数 视频评论数 发布时间 用户id 用户名 用户链接 粉丝数 总互动数 关键词',
    来源: expect.stringMatching(/^平台 关键词 状态 开始采集 结束采集 发现数 入库数 丢弃数 丢弃原因 失败数 失败原因 /),
  });
  const words = sheets[2]?.rows[1]?.[17];
  expect(String(words).split('、').length).toBe(5);
});

test('来源 tells of each keyword what became of everything found, and of further calls', async () => {
  const { stage, brief } = await storeSampleStage(database.app, {
    platforms: ['weibo', 'bili'],
    keywords: ['甲', '乙'],
    articles: (platform) => sampleArticles(platform, 10),
  });
  const query = database.app.query;
  const task = sql`(SELECT uuid FROM briefs.tasks WHERE stage_uuid = ${stage} AND platform = 'weibo' AND keyword = '甲')`;
  await sql`UPDATE briefs.tasks SET state = 'partial', reason = 'needs-login: cookie' WHERE uuid = ${task}`.execute(
    query,
  );
  await sql`
    INSERT INTO briefs.finds (task_uuid, page, place, state, reason)
    SELECT ${task}, 2, n::text, 'dropped', CASE WHEN n < 3 THEN 'advertisement' ELSE 'out-of-range' END FROM generate_series(1, 5) AS n`.execute(
    query,
  );
  await sql`INSERT INTO briefs.finds (task_uuid, page, place, state, reason) SELECT ${task}, 2, 'x', 'failed', 'unreadable-time'`.execute(
    query,
  );
  await sql`
    INSERT INTO briefs.calls (brief_uuid, stage_uuid, platform, kind, subject, state, attempts, cost_usd, reason)
    SELECT ${brief}, ${stage}, 'bili', 'user', n::text, CASE WHEN n = 1 THEN 'failed' ELSE 'answered' END, 2, 0.002,
      CASE WHEN n = 1 THEN 'unreachable: away' END FROM generate_series(1, 4) AS n`.execute(query);
  const { ports, files } = exportParts(database);

  await exportStage({ stage_uuid: stage }, ports);

  const { sheets } = await readXlsx(files.get(`briefs/${stage}/keyword.xlsx`) ?? Buffer.of());
  const [head = [], ...rows] = sheets.at(-1)?.rows ?? [];
  const shown = rows.map((row) => Object.fromEntries(head.map((name, at) => [String(name), row[at] ?? null])));
  // The second keyword finds the articles of the first one again.
  expect(shown.map((row) => [row.平台, row.关键词, row.发现数, row.入库数, row.丢弃数, row.失败数])).toEqual([
    ['微博', '甲', 16, expect.any(Number), expect.any(Number), 1],
    ['微博', '乙', 10, expect.any(Number), expect.any(Number), 0],
    ['B站', '甲', 10, expect.any(Number), expect.any(Number), 0],
    ['B站', '乙', 10, expect.any(Number), expect.any(Number), 0],
    ['B站', '（补充信息）', null, null, null, 1],
  ]);
  for (const row of shown.slice(0, 4))
    expect(Number(row.入库数) + Number(row.丢弃数) + Number(row.失败数)).toBe(row.发现数);
  expect(shown.slice(0, 4).reduce((sum, row) => sum + Number(row.入库数), 0)).toBe(20);
  expect(shown[0]).toMatchObject({
    状态: '部分完成',
    失败原因: '发布时间无法识别 1',
    说明: '需要登录：cookie',
    '费用（美元）': 0.001,
  });
  expect(shown[0]?.丢弃原因).toContain('不在日期范围内 3；广告 2');
  expect(shown[4]).toMatchObject({ 已补充信息数: 3, 失败原因: '无法连接 1', 调用次数: 8, '费用（美元）': 0.008 });
});

test('an empty stage gives a zip that says so', async () => {
  const { stage } = await storeSampleStage(database.app, {
    platforms: ['weibo'],
    keywords: ['无'],
    articles: () => [],
  });
  const { ports, files } = exportParts(database);

  await exportStage({ stage_uuid: stage }, ports);

  const zip = unzipSync(files.get(`briefs/${stage}.zip`) ?? Buffer.of());
  const { sheets } = await readXlsx(zip[`${stage}/keyword.xlsx`] ?? new Uint8Array());
  expect(sheets.map(({ rows }) => rows.length)).toEqual([1, 3]);
  expect(sheets[1]?.rows[2]).toContain('本阶段没有采到文章：原因见以上各行');
});
