import { type QueryExecutorProvider, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Page, Paging } from '#kit/api/paging.ts';

/** A list in SQL; `order` ends in a key, so that pages never overlap. */
export interface Listing {
  readonly select: RawBuilder<unknown>;
  readonly from: RawBuilder<unknown>;
  /** All of them hold. */
  readonly where: readonly RawBuilder<unknown>[];
  readonly order: RawBuilder<unknown>;
}

/** One page of a list beside the number of all its rows. */
export async function pagedListing<T>(
  query: QueryExecutorProvider,
  { select, from, where, order }: Listing,
  { start, length }: Paging,
): Promise<Page<T>> {
  const all = sql.join([sql`TRUE`, ...where], sql` AND `);
  const counted = await sql<{ total: number }>`SELECT count(*) AS total FROM ${from} WHERE ${all}`.execute(query);
  const { rows } = await sql<T>`
    SELECT ${select} FROM ${from} WHERE ${all} ORDER BY ${order} OFFSET ${start} LIMIT ${length}`.execute(query);
  return { data: rows, total: counted.rows[0]?.total ?? 0 };
}

/** One page of an ordered query beside the number of all rows that match. */
export function paged<DB, TB extends keyof DB, Row>(
  sorted: SelectQueryBuilder<DB, TB, Row>,
  matching: SelectQueryBuilder<DB, TB, object>,
  { start, length }: Paging,
): Promise<Page<Row>> {
  return counted(matching, () => sorted.offset(start).limit(length).execute() as Promise<Row[]>);
}

/** The same where the page is a query of its own. */
export async function counted<DB, TB extends keyof DB, Row>(
  matching: SelectQueryBuilder<DB, TB, object>,
  page: () => Promise<Row[]>,
): Promise<Page<Row>> {
  const count = matching.select(sql<number>`count(*)`.as('total'));
  const { total } = (await count.executeTakeFirstOrThrow()) as { readonly total: number };
  return { data: await page(), total };
}
