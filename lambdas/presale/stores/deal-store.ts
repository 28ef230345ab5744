import { type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { DealFilter, DealReader, Page, Paging, StatisticFilter } from '../api/ports.ts';
import type { PresaleTables } from './tables.ts';

type Query = Database<PresaleTables>['query'];

/** Reads deals and their statistics for the API. Every order ends in a key, so that pages never overlap. */
export function dealReader({ query }: Database<PresaleTables>): DealReader {
  return {
    list: (filter) => {
      const sorted = filter.sort.reduce(
        (ordered, { column, direction }) => ordered.orderBy(column, direction),
        matchingDeals(query, filter).selectAll(),
      );
      return paged(sorted.orderBy('id'), matchingDeals(query, filter), filter);
    },
    find: (id) => query.selectFrom('presale.deals').selectAll().where('id', '=', id).executeTakeFirst(),
    statistics: (filter) => {
      const sorted = matchingStatistics(query, filter)
        .selectAll()
        .orderBy('county')
        .orderBy('district')
        .orderBy('year')
        .orderBy('month')
        .orderBy('project_name')
        .orderBy('rooms');
      return paged(sorted, matchingStatistics(query, filter), filter);
    },
  };
}

/** One page of an ordered query beside the number of all rows that match. */
export async function paged<Row>(
  sorted: SelectQueryBuilder<PresaleTables, keyof PresaleTables, Row>,
  matching: SelectQueryBuilder<PresaleTables, keyof PresaleTables, object>,
  { start, length }: Paging,
): Promise<Page<Row>> {
  const counted = matching.select(sql<number>`count(*)`.as('total'));
  const { total } = (await counted.executeTakeFirstOrThrow()) as { total: number };
  const data = start < total ? await sorted.offset(start).limit(length).execute() : [];
  return { data: data as Row[], total };
}

function matchingDeals(query: Query, filter: DealFilter) {
  const { county, district, from, to, search } = filter;
  return (
    query
      .selectFrom('presale.deals')
      .where('county', '=', county as never)
      .where('transaction_date', '>=', from)
      .where('transaction_date', '<=', to)
      .$if(district !== undefined, (builder) => builder.where('district', '=', district ?? ''))
      // strpos knows no wildcards: % and _ are text.
      .$if(search !== undefined && search !== '', (builder) =>
        builder.where(sql<boolean>`strpos(project_name, ${search}) > 0`),
      )
  );
}

function matchingStatistics(query: Query, { county, district, year, month, project }: StatisticFilter) {
  return query
    .selectFrom('presale.deal_statistics_monthly')
    .$if(county !== undefined, (builder) => builder.where('county', '=', county as never))
    .$if(district !== undefined, (builder) => builder.where('district', '=', district ?? ''))
    .$if(year !== undefined, (builder) => builder.where('year', '=', year ?? 0))
    .$if(month !== undefined, (builder) => builder.where('month', '=', month ?? 0))
    .$if(project !== undefined, (builder) => builder.where('project_name', '=', project ?? ''));
}
