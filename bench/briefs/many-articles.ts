import { sql } from 'kysely';
import { startPostgres } from 'one-machine/services/postgres.ts';
import { type Database, openDatabase } from '../../lambdas/adapters/database.ts';
import { platformNames } from '../../lambdas/briefs/platforms/names.ts';
import { migrate } from '../../lambdas/platform/database/migrate.ts';
import { migrations } from '../../migrations/index.ts';

/** So many stages of five platforms, each platform with so many articles: the largest stage that a keyword can make. */
export const articleCount = 1_000_000;
const perPlatform = 10_000;
export const stageCount = articleCount / (platformNames.length * perPlatform);

/** A database with many articles of many stages, and the stages' ids. */
export async function databaseOfArticles(directory: string) {
  const server = await startPostgres({ name: 'millrace', directory });
  const admin = openDatabase<unknown>({ url: server.url('postgres', 'millrace') });
  await migrate(admin.query, migrations);
  const stages = await insertArticles(admin);
  await admin.close();
  const app = openDatabase<unknown>({ url: server.url('millrace_app', 'millrace') });
  return {
    app,
    stages,
    async stop() {
      await app.close();
      await server.stop();
    },
  };
}

async function insertArticles({ query }: Database<unknown>): Promise<readonly string[]> {
  await sql`
    INSERT INTO briefs.briefs (uuid, code, name, owner, create_user_name, orders, job_content, article_limit, state)
    SELECT gen_random_uuid(), 'B' || n, '秋季' || n, 'bench', '小梅', '[]', '{}', 50000, 'finished'
    FROM generate_series(1, ${stageCount}::integer) AS n`.execute(query);
  await sql`
    INSERT INTO briefs.stages (uuid, brief_uuid, position, name, platforms, keywords, article_limit, from_day, to_day, state)
    SELECT gen_random_uuid(), uuid, 1, name || '_1', ${platformNames}::text[], ARRAY['精华水'], ${perPlatform}::integer,
      '2026-01-01', '2026-12-31', 'finished'
    FROM briefs.briefs`.execute(query);
  const { rows } = await sql<{ uuid: string }>`SELECT uuid FROM briefs.stages`.execute(query);
  // A stage after the other, its platforms among each other, as they come through the topics.
  for (const { uuid } of rows) await insertStage(query, uuid);
  await sql`VACUUM ANALYZE briefs.articles`.execute(query);
  await sql`VACUUM ANALYZE briefs.stages`.execute(query);
  return rows.map(({ uuid }) => uuid);
}

/** Spread by arithmetic: the same on every machine. A fifth of the figures is unknown; an account has seven articles. */
async function insertStage(query: Database<unknown>['query'], stage: string): Promise<void> {
  await sql`
    INSERT INTO briefs.articles (brief_uuid, stage_uuid, task_uuid, platform, article_key, keywords, url, title, content,
      content_cut, post_time, "like", read, share, comment, collect, play, danmu, download, interaction, interaction_per,
      user_name, user_id, user_fans, user_fans_level, tags, is_repost, note_type, at_least, crawled_at, raw_key, raw_place)
    SELECT brief_uuid, uuid, gen_random_uuid(), (${platformNames}::text[])[n % 5 + 1], 'https://example.org/a/' || n,
      ARRAY['精华水'], 'https://example.org/a/' || n, '精华水怎么选' || n, repeat('这个精华水用了两周皮肤细了很多', 8),
      false, '2026-01-01'::timestamptz + n * 7919 % 31536000 * interval '1 second',
      CASE WHEN n % 7 > 0 THEN n * 104729 % 100000 END, n * 7907 % 100000, n * 7901 % 1000, n * 7883 % 1000,
      n * 7879 % 1000, n * 7877 % 1000000, n * 7873 % 1000, n * 7867 % 1000, n * 7853 % 100000,
      n * 7841 % 1000 / 1000.0, '用户' || n % 7001, 'u' || n % 7001, n % 7001 * 997, '腰部kol', '{}', false,
      CASE WHEN n % 2 = 0 THEN 'normal' ELSE 'video' END, '{}', now(), 'briefs/raw/x', '/' || n
    FROM briefs.stages, generate_series(1, ${perPlatform * platformNames.length}::bigint) AS n
    WHERE uuid = ${stage}`.execute(query);
}
