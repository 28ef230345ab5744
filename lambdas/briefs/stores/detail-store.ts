import { type QueryExecutorProvider, sql } from 'kysely';
import type { CrawledArticle } from '../article/article.ts';
import { idOf } from '../article/detail.ts';
import { fanLevel } from '../article/fan-level.ts';
import { interactionOf, interactionPerFan, noteScore } from '../article/interaction.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { Detail } from '../platforms/platform.ts';
import type { SentArticle } from '../ports.ts';

type Query = QueryExecutorProvider;

/** A detail is good for a day. */
const freshMs = 24 * 60 * 60 * 1000;

/**
 * Lets one transaction at a time change the articles of a brief: some find articles by their keys and others by their users,
 * and two that lock the same rows in different orders would wait for each other.
 */
export async function lockArticles(query: Query, briefs: readonly string[]): Promise<void> {
  for (const brief of [...new Set(briefs)].sort())
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`briefs.articles/${brief}`}, 0))`.execute(query);
}

/** What a further call told of a user or note, for a brief. */
export interface ToldDetail {
  readonly platform: PlatformName;
  readonly kind: string;
  readonly subject: string;
  readonly brief: string;
  readonly detail: Detail;
  readonly at: Date;
}

/** Keeps what further calls told for a day's briefs, and puts it into the articles of the briefs that asked. */
export async function keepDetails(query: Query, told: readonly ToldDetail[]): Promise<void> {
  if (told.length === 0) return;
  const newest = new Map(
    told
      .toSorted((one, other) => one.at.getTime() - other.at.getTime())
      .map((one) => [JSON.stringify([one.platform, one.kind, one.subject]), one] as const),
  );
  // In one order: two who keep the same ones would wait for each other.
  const kept = [...newest].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, detail]) => detail);
  await sql`
    INSERT INTO briefs.details AS known (platform, kind, subject, fetched_at, data)
    SELECT * FROM unnest(${kept.map(({ platform }) => platform)}::text[], ${kept.map(({ kind }) => kind)}::text[],
      ${kept.map(({ subject }) => subject)}::text[], ${kept.map(({ at }) => at)}::timestamptz[],
      ${kept.map(({ detail }) => JSON.stringify(detail))}::json[])
    ON CONFLICT (platform, kind, subject) DO UPDATE SET fetched_at = excluded.fetched_at, data = excluded.data
    WHERE known.fetched_at <= excluded.fetched_at`.execute(query);
  await lockArticles(
    query,
    told.map(({ brief }) => brief),
  );
  await apply(query, told);
}

type Subject = Omit<ToldDetail, 'detail' | 'at'>;

/** What is wanted of a batch's users and notes, each once a brief. */
function subjectsOf(sent: readonly SentArticle[], settings: AllPlatformSettings) {
  const wanted = sent.flatMap(({ platform, article, brief_uuid: brief, stage_uuid: stage }) => {
    const { driver, enrich } = settings[platform];
    const details = enrich && driver !== 'off' ? platformNamed(platform).drivers[driver]?.details : undefined;
    return (['user', 'note'] as const).flatMap((kind) => {
      const subject = details?.[kind]?.subject(article);
      return subject === undefined ? [] : [{ platform, kind, subject, brief, stage }];
    });
  });
  return [
    ...new Map(wanted.map((one) => [JSON.stringify([one.brief, one.platform, one.kind, one.subject]), one])).values(),
  ];
}

/**
 * Takes the details that are known since a day at most, and asks for the others, once a user or note and brief; not for
 * a stage that has ended, for its files are made.
 */
export async function askForDetails(
  query: Query,
  sent: readonly SentArticle[],
  { settings, now }: { readonly settings: AllPlatformSettings; readonly now: Date },
): Promise<void> {
  const wanted = subjectsOf(sent, settings);
  if (wanted.length === 0) return;
  const asked = JSON.stringify(wanted);
  const item = sql`json_to_recordset(${asked}::json)
    AS item (platform text, kind text, subject text, brief uuid, stage uuid)`;
  const { rows: known } = await sql<Subject & { data: Detail }>`
    SELECT item.platform, item.kind, item.subject, item.brief, known.data FROM ${item}
    JOIN briefs.details AS known USING (platform, kind, subject)
    WHERE known.fetched_at > ${new Date(now.getTime() - freshMs)}`.execute(query);
  await apply(
    query,
    known.map(({ data: detail, ...subject }) => ({ ...subject, detail })),
  );
  await sql`
    INSERT INTO briefs.calls (brief_uuid, stage_uuid, platform, kind, subject)
    SELECT item.brief, item.stage, item.platform, item.kind, item.subject FROM ${item}
    JOIN briefs.stages AS stage ON stage.uuid = item.stage
    WHERE stage.state IN ('queued', 'running') AND stage.export_state = 'none'
      AND NOT EXISTS (
        SELECT FROM briefs.details AS known
        WHERE known.platform = item.platform AND known.kind = item.kind AND known.subject = item.subject
          AND known.fetched_at > ${new Date(now.getTime() - freshMs)})
      -- Calls that exist are left out here and not by their conflict: a conflict would wait for the transaction that ends
      -- the call just now, and that one waits for these articles.
      AND NOT EXISTS (
        SELECT FROM briefs.calls AS asked
        WHERE asked.brief_uuid = item.brief AND asked.platform = item.platform AND asked.kind = item.kind
          AND asked.subject = item.subject)
    ORDER BY item.platform, item.kind, item.subject
    ON CONFLICT DO NOTHING`.execute(query);
}

/** Puts details into the articles of the briefs that they are about, with all that is computed of them. */
async function apply(query: Query, told: readonly (Subject & { readonly detail: Detail })[]): Promise<void> {
  if (told.length === 0) return;
  const subjects = told.map((one) => ({ ...one, id: idOf(one.subject) }));
  const rows = await articlesOf(query, subjects);
  const changed = rows.flatMap((row) => {
    const own = subjects.filter(
      ({ brief, platform, kind, id }) =>
        brief === row.brief_uuid &&
        platform === row.platform &&
        id === (kind === 'user' ? row.user_id : row.platform_id),
    );
    const details = own.map(({ detail }) => knownOf(detail));
    return own.length === 0 ? [] : [enriched(row.platform, row, Object.assign({}, ...details) as Detail)];
  });
  await sql`
    UPDATE briefs.articles AS article
    SET ("like", share, comment, collect, coin, user_fans, user_fans_level, interaction, interaction_per, score,
        user_following, user_posts, content, content_cut, play, danmu, read, tags, url, enriched) = (
      item."like", item.share, item.comment, item.collect, item.coin, item.user_fans, item.user_fans_level,
      item.interaction, item.interaction_per, item.score, coalesce(item.user_following, article.user_following),
      coalesce(item.user_posts, article.user_posts), coalesce(item.content, article.content),
      article.content_cut AND item.content IS NULL, coalesce(item.play, article.play),
      coalesce(item.danmu, article.danmu), coalesce(item.read, article.read), coalesce(item.tags, article.tags),
      coalesce(item.url, article.url), true)
    FROM json_to_recordset(${JSON.stringify(changed)}::json) AS item (id bigint, "like" bigint, share bigint,
      comment bigint, collect bigint, coin bigint, user_fans bigint, user_fans_level text, interaction bigint,
      interaction_per float8, score float8, user_following bigint, user_posts bigint, content text, play bigint,
      danmu bigint, read bigint, tags text[], url text)
    WHERE article.id = item.id`.execute(query);
}

/** The articles that these users wrote, or that these notes are, locked. */
async function articlesOf(
  query: Query,
  subjects: readonly (Subject & { readonly id: string })[],
): Promise<readonly StoredFigures[]> {
  const asked = (users: boolean) =>
    JSON.stringify(
      subjects
        .filter(({ kind }) => (kind === 'user') === users)
        .map(({ brief, platform, id }) => ({ brief, platform, id })),
    );
  const item = sql`AS item (brief uuid, platform text, id text)`;
  const { rows } = await sql<StoredFigures>`
    SELECT id, brief_uuid, platform, user_id, platform_id, "like", share, comment, collect, download, coin, user_fans
    FROM briefs.articles
    WHERE id = ANY(ARRAY(
      SELECT article.id FROM json_to_recordset(${asked(true)}::json) ${item} JOIN briefs.articles AS article
        ON article.brief_uuid = item.brief AND article.platform = item.platform AND article.user_id = item.id
      UNION
      SELECT article.id FROM json_to_recordset(${asked(false)}::json) ${item} JOIN briefs.articles AS article
        ON article.brief_uuid = item.brief AND article.platform = item.platform AND article.platform_id = item.id))
    ORDER BY id FOR UPDATE`.execute(query);
  return rows;
}

interface StoredFigures
  extends Pick<CrawledArticle, 'like' | 'share' | 'comment' | 'collect' | 'download' | 'coin' | 'user_fans'> {
  readonly id: number;
  readonly brief_uuid: string;
  readonly platform: PlatformName;
  readonly user_id: string | null;
  readonly platform_id: string | null;
}

/** What of a detail is known. */
function knownOf(detail: Detail): Detail {
  return Object.fromEntries(Object.entries(detail).filter(([, figure]) => figure !== null && figure !== undefined));
}

/** The article's figures with those of the details, and all that is computed of them. */
function enriched(platform: PlatformName, row: StoredFigures, known: Detail) {
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
