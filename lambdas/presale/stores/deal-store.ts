import { type SelectQueryBuilder, sql } from 'kysely';
import { counted, paged } from '#adapters/database/paged.ts';
import type { Database } from '#adapters/database.ts';
import type { DealFilter, DealReader, NewProjectFilter, StatisticFilter } from '../api/ports.ts';
import type { PresaleTables } from './tables.ts';

type Query = Database<PresaleTables>['query'];

/** Reads deals and their statistics for the API. Every order ends in a key, so that pages never overlap. */
export function dealReader({ query }: Database<PresaleTables>): DealReader {
  return {
    list: (filter) => {
      // Ids are sorted and cut first: sorting whole rows spills to disk on deep pages.
      const page = inOrder(matchingDeals(query, filter), filter).select('id').offset(filter.start).limit(filter.length);
      const rows = inOrder(query.selectFrom('presale.deals').where('id', 'in', page), filter).selectAll();
      return counted(matchingDeals(query, filter), () => rows.execute());
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
    newProjects: (filter) => {
      const sorted = matchingProjects(query, filter)
        .selectAll()
        .orderBy('county')
        .orderBy('district')
        .orderBy('project_name')
        .orderBy('months')
        .orderBy('size_class');
      return paged(sorted, matchingProjects(query, filter), filter);
    },
  };
}

function inOrder<O>(deals: SelectQueryBuilder<PresaleTables, 'presale.deals', O>, { sort }: DealFilter) {
  return sort.reduce((sorted, { column, direction }) => sorted.orderBy(column, direction), deals).orderBy('id');
}

function matchingDeals(query: Query, filter: DealFilter) {
  const { counties, district, from, to, search, withdrawn } = filter;
  return (
    query
      .selectFrom('presale.deals')
      .where('county', 'in', counties as never[])
      .where('transaction_date', '>=', from)
      .where('transaction_date', '<=', to)
      .$if(!withdrawn, (builder) => builder.where('withdrawn_at', 'is', null))
      .$if(district !== undefined, (builder) => builder.where('district', '=', district ?? ''))
      // strpos knows no wildcards: % and _ are text.
      .$if(search !== undefined && search !== '', (builder) =>
        builder.where(sql<boolean>`strpos(project_name, ${search}) > 0`),
      )
  );
}

function matchingStatistics(query: Query, { counties, district, year, month, project }: StatisticFilter) {
  return query
    .selectFrom('presale.deal_statistics_monthly')
    .$if(counties !== undefined, (builder) => builder.where('county', 'in', counties as never[]))
    .$if(district !== undefined, (builder) => builder.where('district', '=', district ?? ''))
    .$if(year !== undefined, (builder) => builder.where('year', '=', year ?? 0))
    .$if(month !== undefined, (builder) => builder.where('month', '=', month ?? 0))
    .$if(project !== undefined, (builder) => builder.where('project_name', '=', project ?? ''));
}

function matchingProjects(query: Query, { counties, district }: NewProjectFilter) {
  return query
    .selectFrom('presale.deal_statistics_new_projects')
    .$if(counties !== undefined, (builder) => builder.where('county', 'in', counties as never[]))
    .$if(district !== undefined, (builder) => builder.where('district', '=', district ?? ''));
}
