import * as z from 'zod';
import { choiceParameter, integerParameter, textParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { taipeiDate } from '../publication/publication-date.ts';
import { countyParameter, epochSeconds, idPath, paging } from './parameters.ts';
import type { ReadPorts } from './ports.ts';
import { sortParameter } from './sort.ts';

const daySeconds = 24 * 60 * 60;

const dealsQuery = z.object({
  county: countyParameter().default('新北市'),
  district: textParameter({ max: 32 }).optional(),
  from_: epochSeconds().optional(),
  to_: epochSeconds().optional(),
  search: textParameter({ max: 200 }).optional(),
  withdrawn: choiceParameter(['true', 'false'])
    .transform((word) => word === 'true')
    .default(false),
  sort: sortParameter().default([{ column: 'transaction_date', direction: 'desc' }]),
  ...paging,
});

/** GET /apiv1/deals */
export const listDeals = route({
  query: dealsQuery,
  handle: async ({ query }, { deals, clock }: ReadPorts) => {
    const { from_, to_ = Math.floor(clock().getTime() / 1000), ...filter } = query;
    const from = dateOf(from_ ?? to_ - 365 * daySeconds);
    return { status: 200, body: { result: await deals.list({ ...filter, from, to: dateOf(to_) }) } };
  },
});

/** GET /apiv1/deals/{id} */
export const findDeal = route({
  path: idPath,
  handle: async ({ path }, { deals }: ReadPorts) => {
    const deal = await deals.find(path.id);
    if (!deal) throw new NotFoundError(`Deal id ${path.id} doesn't exist.`);
    return { status: 200, body: { result: deal } };
  },
});

/** GET /apiv1/deal-statistics */
export const listStatistics = route({
  query: z.object({
    county: countyParameter().optional(),
    district: textParameter({ max: 32 }).optional(),
    year: integerParameter({ min: 1, max: 9999 }).optional(),
    month: integerParameter({ min: 1, max: 12 }).optional(),
    project: textParameter({ max: 200 }).optional(),
    ...paging,
  }),
  handle: async ({ query }, { deals }: ReadPorts) => ({
    status: 200,
    body: { result: await deals.statistics(query) },
  }),
});

/** GET /apiv1/deal-statistics/new-projects */
export const listNewProjects = route({
  query: z.object({
    county: countyParameter().optional(),
    district: textParameter({ max: 32 }).optional(),
    ...paging,
  }),
  handle: async ({ query }, { deals }: ReadPorts) => ({
    status: 200,
    body: { result: await deals.newProjects(query) },
  }),
});

/** The day of a moment in Taiwan: a deal's day counts when any of it is within from_ and to_. */
function dateOf(epochSeconds: number): string {
  return taipeiDate(new Date(epochSeconds * 1000));
}
