import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { Page, Paging } from '#kit/api/paging.ts';
import { type FanLevel, fansOf } from '../article/fan-level.ts';
import type { PlatformName } from '../platforms/names.ts';
import { contains, figureOf, type ListedArticle, shownColumns } from './article-list-store.ts';
import { listings } from './figures.ts';

/** Whose articles are listed: those of one stage alone. */
export interface AccountFilter {
  readonly stage: string;
  readonly platform: PlatformName;
  /** Contained in a name that the account had, whichever case. */
  readonly name?: string | undefined;
  readonly leastFans?: number | undefined;
  readonly mostFans?: number | undefined;
  /** Any of these. */
  readonly levels: readonly FanLevel[];
}

/** An account with what its articles come to. */
export interface ListedAccount {
  readonly userName: string | null;
  /** The most that any crawl of the stage has seen. */
  readonly fans: number | null;
  readonly count: number;
  /** By the front end's names. */
  readonly sums: Readonly<Record<string, number>>;
  /** The newest first, at most {@link articlesOfAccount}. */
  readonly articles: readonly ListedArticle[];
}

// What fits into an answer: fifty accounts with two hundred articles each are some 4 MB, of which Lambda takes 6.
export const articlesOfAccount = 200;

/** A page of the accounts that wrote a stage's articles on one platform, those with most articles first. */
export async function listAccounts<T>(
  { query }: Pick<Database<T>, 'query'>,
  filter: AccountFilter,
  { start, length }: Paging,
): Promise<Page<ListedAccount>> {
  const { platform } = filter;
  const sums = Object.entries(listings[platform].accountSums);
  const columns = sums.map(([name, figure]) => sql`coalesce(sum(${figureOf(figure)}), 0) AS ${sql.ref(name)}`);
  const { rows } = await sql<Row>`
    WITH found AS MATERIALIZED (
      SELECT account, count(*) AS count, max(user_fans) AS fans, ${sql.join(columns)}
      FROM briefs.articles WHERE ${within(filter)} GROUP BY account HAVING ${sql.join(sized(filter), sql` AND `)}),
    page AS (
      SELECT * FROM found ORDER BY count DESC, fans DESC NULLS LAST, account LIMIT ${length} OFFSET ${start})
    SELECT all_found.total, page.*
    FROM (SELECT count(*) AS total FROM found) AS all_found LEFT JOIN page ON true`.execute(query);
  const found = rows.flatMap((row) => (row.account === null ? [] : [{ ...row, account: row.account }]));
  const written = await articlesOf(
    query,
    filter,
    found.map(({ account }) => account),
  );
  const data = found.map((row) => {
    const articles = written.get(row.account) ?? [];
    return {
      userName: textOf(articles.find(({ user_name }) => user_name !== null)?.user_name),
      fans: row.fans,
      count: row.count,
      sums: Object.fromEntries(sums.map(([name]) => [name, Number(row[name as keyof Row])])),
      articles,
    };
  });
  return { data, total: rows[0]?.total ?? 0 };
}

interface Row {
  readonly total: number;
  readonly account: string | null;
  readonly count: number;
  readonly fans: number | null;
}

/** The rows of a stage on one platform, of accounts that had such a name. */
function within({ stage, platform, name }: AccountFilter): RawBuilder<unknown> {
  const those = sql`stage_uuid = ${stage} AND platform = ${platform} AND account IS NOT NULL`;
  if (name === undefined) return those;
  return sql`${those} AND account IN (
    SELECT account FROM briefs.articles WHERE ${those} AND ${contains(sql`user_name`, name)})`;
}

function sized({ platform, leastFans, mostFans, levels }: AccountFilter): RawBuilder<unknown>[] {
  const ofLevels = levels.map((level) => {
    const { from, below, unknown } = fansOf(platform, level);
    if (unknown) return sql`max(user_fans) IS NULL`;
    // On weixin all accounts are of one level, with or without a number.
    return sql`coalesce(max(user_fans), 0) >= ${from} AND coalesce(max(user_fans), 0) < ${below}
      AND (max(user_fans) IS NOT NULL OR ${platform === 'weixin'})`;
  });
  return [
    sql`true`,
    ...(leastFans === undefined ? [] : [sql`max(user_fans) >= ${leastFans}`]),
    ...(mostFans === undefined ? [] : [sql`max(user_fans) <= ${mostFans}`]),
    ...(levels.length === 0 ? [] : [sql`(${sql.join(ofLevels, sql` OR `)})`]),
  ];
}

async function articlesOf<T>(
  query: Database<T>['query'],
  { stage, platform }: AccountFilter,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, readonly ListedArticle[]>> {
  if (accounts.length === 0) return new Map();
  const { rows } = await sql<ListedArticle & { wanted: string }>`
    SELECT wanted, written.* FROM unnest(${accounts}::uuid[]) AS given (wanted)
    CROSS JOIN LATERAL (
      SELECT ${shownColumns} FROM briefs.articles
      WHERE stage_uuid = ${stage} AND platform = ${platform} AND account = wanted
      ORDER BY post_time DESC, id LIMIT ${articlesOfAccount}) AS written`.execute(query);
  return Map.groupBy(rows, ({ wanted }) => wanted);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
