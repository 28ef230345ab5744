import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import type { FanLevel } from '../article/fan-level.ts';
import type { PlatformName } from '../platforms/names.ts';
import { type ListedFigure, listings, type ShownField } from './figures.ts';

/** What a list of articles is narrowed to; what is left out narrows nothing. */
export interface ArticleFilter {
  readonly stage: string;
  readonly platform: PlatformName;
  /** Post times from then on, and before then. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  readonly noteType?: 'normal' | 'video' | undefined;
  readonly level?: FanLevel | undefined;
  /** Contained, whichever case. */
  readonly userName?: string | undefined;
  readonly titled?: string | undefined;
  /** Bounds of figures, each included. An unknown figure lies within none. */
  readonly least?: Readonly<Partial<Record<ListedFigure, number | undefined>>>;
  readonly most?: Readonly<Partial<Record<ListedFigure, number | undefined>>>;
}

export interface ArticleOrder {
  readonly by: 'post_time' | ListedFigure;
  readonly descending: boolean;
}

/** An article as its rows have it. */
export type ListedArticle = Readonly<Record<Exclude<ShownField, 'post_time'>, string | number | boolean | null>> & {
  readonly post_time: Date;
};

/** The columns that lists show. */
export const shownColumns = sql`url, title, content, post_time, user_name, user_fans, user_fans_level, note_type,
  is_repost, "like", read, share, comment, collect, play, danmu, download, interaction, interaction_per`;

/** A page of a stage's articles on one platform. */
export async function listArticles<T>(
  { query }: Pick<Database<T>, 'query'>,
  filter: ArticleFilter,
  { by, descending }: ArticleOrder,
  { start, length }: Paging,
): Promise<Page<ListedArticle>> {
  const chosen = sql.join(conditionsOf(filter), sql` AND `);
  const key = by === 'post_time' ? sql`post_time` : figureOf(by);
  // Ids first, of the narrow index where no text is looked for; texts are shown of the rows of the page alone. Found once,
  // for the number of all and the page: where texts are looked for, each row of the stage is read for it.
  const { rows } = await sql<ListedArticle & { total: number; place: number | null }>`
    WITH found AS MATERIALIZED (SELECT id, ${key} AS key FROM briefs.articles WHERE ${chosen}),
    page AS MATERIALIZED (
      SELECT id, row_number() OVER () AS place FROM (
        SELECT id FROM found ORDER BY ${orderOf(by, descending)} LIMIT ${length} OFFSET ${start}) AS ordered)
    SELECT total, place, shown.* FROM (SELECT count(*) AS total FROM found) AS all_found
    LEFT JOIN (page JOIN LATERAL (SELECT ${shownColumns} FROM briefs.articles WHERE id = page.id) AS shown ON true) ON true
    ORDER BY place`.execute(query);
  const data = rows.flatMap(({ total: _all, place, ...article }) => (place === null ? [] : [article as ListedArticle]));
  return { data, total: rows[0]?.total ?? 0 };
}

/** What is unknown comes last, whichever way; of equals the same one first on every page. */
function orderOf(by: ArticleOrder['by'], descending: boolean): RawBuilder<unknown> {
  if (by === 'post_time') return descending ? sql`key DESC, id` : sql`key, id DESC`;
  return descending ? sql`key DESC NULLS LAST, id` : sql`key NULLS LAST, id`;
}

/** A figure as SQL. */
export function figureOf(figure: ListedFigure): RawBuilder<unknown> {
  if (figure !== 'liked') return sql.ref(figure);
  return sql`CASE WHEN "like" IS NOT NULL OR collect IS NOT NULL THEN coalesce("like", 0) + coalesce(collect, 0) END`;
}

function conditionsOf(filter: ArticleFilter): RawBuilder<unknown>[] {
  const { stage, platform, from, until, noteType, level, userName, titled, least = {}, most = {} } = filter;
  const some = <V>(value: V | undefined, condition: (value: V) => RawBuilder<unknown>) =>
    value === undefined ? [] : [condition(value)];
  const bounds = (of: NonNullable<ArticleFilter['least']>, sign: RawBuilder<unknown>) =>
    (Object.entries(of) as [ListedFigure, number | undefined][]).flatMap(([figure, bound]) =>
      some(bound, (value) => sql`${figureOf(figure)} ${sign} ${value}`),
    );
  return [
    sql`stage_uuid = ${stage}`,
    sql`platform = ${platform}`,
    ...some(from, (value) => sql`post_time >= ${value}`),
    ...some(until, (value) => sql`post_time < ${value}`),
    ...some(noteType, (value) => sql`note_type = ${value}`),
    ...some(level, (value) => sql`user_fans_level = ${value}`),
    ...some(userName, (value) => contains(sql`user_name`, value)),
    ...some(titled, (value) => contains(sql.ref(listings[platform].titled), value)),
    ...bounds(least, sql`>=`),
    ...bounds(most, sql`<=`),
  ];
}

/**
 * Whether a column has a text in it; the signs of patterns are themselves. Whichever case, of the letters of ASCII: by
 * the rules of a language each row would take several times as long.
 */
export function contains(column: RawBuilder<unknown>, text: string): RawBuilder<unknown> {
  return sql`${column} COLLATE "C" ILIKE ${`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`}`;
}
