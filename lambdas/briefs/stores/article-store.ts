import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { fanLevel } from '../article/fan-level.ts';
import { interactionOf, interactionPerFan, noteScore } from '../article/interaction.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import type { SentArticle } from '../ports.ts';
import { askForDetails, lockArticles } from './detail-store.ts';
import { lockTasks, type Settled, settle } from './settle-store.ts';

export interface StoreOptions {
  readonly settings: AllPlatformSettings;
  readonly now: Date;
}

/**
 * Stores articles that came through Kafka, asks for the details that are missing of them, and ends what ends with them.
 * One that its stage has already gets the keyword that found it again; the same record twice changes nothing. Articles
 * of a brief that was deleted go nowhere.
 */
export function storeArticles<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  sent: readonly SentArticle[],
  options: StoreOptions,
): Promise<Settled> {
  if (sent.length === 0) return Promise.resolve({ toExport: [] });
  const tasks = sent.map(({ task_uuid }) => task_uuid);
  return transaction(async (session) => {
    await lockArticles(
      session.query,
      sent.map(({ brief_uuid }) => brief_uuid),
    );
    await lockTasks(session.query, tasks);
    await upsert(session, sent);
    await markFinds(session, sent);
    await askForDetails(session.query, sent, options);
    return settle(session, { tasks });
  });
}

/** An article as its row is, with what is computed of it. */
function rowOf({ article, ...found }: SentArticle) {
  const interaction = interactionOf(found.platform, article);
  const isNote = found.platform === 'redbook';
  return {
    ...article,
    ...found,
    interaction,
    interaction_per: isNote ? interactionPerFan(interaction, article.user_fans) : null,
    score: isNote ? noteScore(article) : null,
    user_fans_level: fanLevel(found.platform, article.user_fans),
  };
}

async function upsert<T>({ query }: Session<T>, sent: readonly SentArticle[]): Promise<void> {
  const rows = sent.map(rowOf);
  // One row for what the batch has more than once: the first one's figures, the keywords of all. Sorted, so that two
  // batches with the same articles lock them in one order.
  await sql`
    WITH came AS (
      SELECT ordinality, item.* FROM json_array_elements(${JSON.stringify(rows)}::json) WITH ORDINALITY AS each (value, ordinality),
        json_to_record(value) AS item (brief_uuid uuid, stage_uuid uuid, task_uuid uuid, platform text,
          article_key text, keyword text, url text, title text, content text, content_cut boolean,
          post_time timestamptz, "like" bigint, read bigint, share bigint, comment bigint, collect bigint, play bigint,
          danmu bigint, download bigint, coin bigint, interaction bigint, interaction_per float8, score float8,
          user_name text, user_id text, user_fans bigint, user_fans_level text, user_url text, user_following bigint,
          user_posts bigint, tags text[], is_repost boolean, note_type text, cover_url text, duration_seconds integer,
          at_least text[], platform_id text, crawled_at timestamptz, raw_key text, place text)),
    one AS (
      SELECT DISTINCT ON (stage_uuid, platform, article_key) came.*,
        array_agg(keyword) OVER (PARTITION BY stage_uuid, platform, article_key) AS found_by
      FROM came WHERE EXISTS (SELECT FROM briefs.stages WHERE uuid = came.stage_uuid)
      ORDER BY stage_uuid, platform, article_key, ordinality)
    INSERT INTO briefs.articles AS known (brief_uuid, stage_uuid, task_uuid, platform, article_key, keywords, url, title,
      content, content_cut, post_time, "like", read, share, comment, collect, play, danmu, download, coin, interaction,
      interaction_per, score, user_name, user_id, user_fans, user_fans_level, user_url, user_following, user_posts, tags,
      is_repost, note_type, cover_url, duration_seconds, at_least, platform_id, crawled_at, raw_key, raw_place)
    SELECT brief_uuid, stage_uuid, task_uuid, platform, article_key,
      ARRAY(SELECT DISTINCT word FROM unnest(found_by) AS found (word) ORDER BY word), url, title, content, content_cut,
      post_time, "like", read, share, comment, collect, play, danmu, download, coin, interaction, interaction_per, score,
      user_name, user_id, user_fans, user_fans_level, user_url, user_following, user_posts, tags, is_repost, note_type,
      cover_url, duration_seconds, at_least, platform_id, crawled_at, raw_key, place
    FROM one
    ON CONFLICT (stage_uuid, platform, article_key) DO UPDATE
    SET keywords = ARRAY(
      SELECT DISTINCT word FROM unnest(known.keywords || excluded.keywords) AS found (word) ORDER BY word)`.execute(
    query,
  );
}

/** What the same task found is stored; what another one had found before is a repeat. */
async function markFinds<T>({ query }: Session<T>, sent: readonly SentArticle[]): Promise<void> {
  await sql`
    UPDATE briefs.finds AS find
    SET state = CASE WHEN article.task_uuid = find.task_uuid THEN 'stored' ELSE 'dropped' END,
      reason = CASE WHEN article.task_uuid = find.task_uuid THEN NULL ELSE 'repeat' END
    FROM unnest(${sent.map((one) => one.task_uuid)}::uuid[], ${sent.map((one) => one.page)}::integer[],
        ${sent.map((one) => one.place)}::text[], ${sent.map((one) => one.stage_uuid)}::uuid[],
        ${sent.map((one) => one.platform)}::text[], ${sent.map((one) => one.article.article_key)}::text[])
      AS came (task_uuid, page, place, stage_uuid, platform, article_key)
    JOIN briefs.articles AS article
      ON article.stage_uuid = came.stage_uuid AND article.platform = came.platform
        AND article.article_key = came.article_key
    WHERE find.task_uuid = came.task_uuid AND find.page = came.page AND find.place = came.place
      -- One that was given up for lost comes after all.
      AND (find.state = 'sent' OR find.state = 'failed' AND find.reason = 'lost')`.execute(query);
}
