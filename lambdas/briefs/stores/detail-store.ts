import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { CrawledArticle } from '../article/article.ts';
import { fanLevel } from '../article/fan-level.ts';
import { interactionOf, interactionPerFan, noteScore } from '../article/interaction.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { Detail } from '../platforms/platform.ts';
import type { OpenCall } from './answer-store.ts';

/** Keeps what a further call told for a day's briefs, and puts it into the articles of the brief that asked. */
export function keepDetail<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  call: Pick<OpenCall, 'platform' | 'kind' | 'subject' | 'briefUuid'>,
  detail: Detail,
  at: Date,
): Promise<void> {
  const { platform, kind, subject, briefUuid } = call;
  return transaction(async ({ query }) => {
    if (subject === undefined || briefUuid === undefined) return;
    await sql`
      INSERT INTO briefs.details AS known (platform, kind, subject, fetched_at, data)
      VALUES (${platform}, ${kind}, ${subject}, ${at}, ${JSON.stringify(detail)}::json)
      ON CONFLICT (platform, kind, subject) DO UPDATE SET fetched_at = excluded.fetched_at, data = excluded.data
      WHERE known.fetched_at <= excluded.fetched_at`.execute(query);
    const { rows } = await sql<StoredFigures>`
      SELECT id, "like", share, comment, collect, download, coin, user_fans FROM briefs.articles
      WHERE brief_uuid = ${briefUuid} AND platform = ${platform}
        AND ${kind === 'user' ? sql`user_id` : sql`platform_id`} = ${subject}
      ORDER BY id FOR UPDATE`.execute(query);
    if (rows.length === 0) return;
    const changed = rows.map((row) => enriched(platform, row, detail));
    await sql`
      UPDATE briefs.articles AS article
      SET ("like", share, comment, collect, coin, user_fans, user_fans_level, interaction, interaction_per, score,
          user_following, user_posts, content, content_cut, play, danmu, read) = (
        item."like", item.share, item.comment, item.collect, item.coin, item.user_fans, item.user_fans_level,
        item.interaction, item.interaction_per, item.score, coalesce(item.user_following, article.user_following),
        coalesce(item.user_posts, article.user_posts), coalesce(item.content, article.content),
        article.content_cut AND item.content IS NULL, coalesce(item.play, article.play),
        coalesce(item.danmu, article.danmu), coalesce(item.read, article.read))
      FROM json_to_recordset(${JSON.stringify(changed)}::json) AS item (id bigint, "like" bigint, share bigint,
        comment bigint, collect bigint, coin bigint, user_fans bigint, user_fans_level text, interaction bigint,
        interaction_per float8, score float8, user_following bigint, user_posts bigint, content text, play bigint,
        danmu bigint, read bigint)
      WHERE article.id = item.id`.execute(query);
  });
}

type StoredFigures = { readonly id: number } & Pick<
  CrawledArticle,
  'like' | 'share' | 'comment' | 'collect' | 'download' | 'coin' | 'user_fans'
>;

/** The article's figures with those of the detail, and all that is computed of them. */
function enriched(platform: PlatformName, row: StoredFigures, detail: Detail) {
  const { tags: _tags, ...told } = detail;
  const known = Object.fromEntries(
    Object.entries(told).filter(([, figure]) => figure !== null && figure !== undefined),
  );
  const figures: StoredFigures = { ...row, ...known };
  const interaction = interactionOf(platform, figures);
  const isNote = platform === 'redbook';
  return {
    ...known,
    ...figures,
    interaction,
    interaction_per: isNote ? interactionPerFan(interaction, figures.user_fans) : null,
    score: isNote ? noteScore(figures) : null,
    user_fans_level: fanLevel(platform, figures.user_fans),
  };
}
