import * as z from 'zod';
import { pageOf, resultOf } from '#kit/api/answers.ts';
import { booleanParameter, integerParameter, textParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { taipeiDate } from '../publication/publication-date.ts';
import { deal, monthlyStatistic, newProject } from './answers.ts';
import { countiesParameter, epochSeconds, idPath, paging } from './parameters.ts';
import type { ReadPorts } from './ports.ts';
import { sortParameter } from './sort.ts';

const daySeconds = 24 * 60 * 60;

const district = textParameter({ max: 32 }).meta({ description: "The district's whole name.", examples: ['板橋區'] });

const dealsQuery = z.object({
  county: countiesParameter().default(['新北市']),
  district: district.optional(),
  from_: epochSeconds().optional().describe('Epoch seconds; deals of its day in Taiwan count. A year before to_.'),
  to_: epochSeconds().optional().describe('Epoch seconds; deals of its day in Taiwan count. Now.'),
  search: textParameter({ max: 200 }).optional().describe("Part of the project's name."),
  withdrawn: booleanParameter().default(false).describe("Also deals that their season's file no longer holds."),
  sort: sortParameter().default([{ column: 'transaction_date', direction: 'desc' }]),
  ...paging,
});

/** GET /apiv1/deals */
export const listDeals = route({
  summary: 'Lists pre-sale deals',
  permission: 'read',
  description: 'Deals of one county or several with transaction dates between two moments, both days included.',
  answers: { 200: pageOf(deal) },
  query: dealsQuery,
  handle: async ({ query }, { deals, clock }: ReadPorts) => {
    const { from_, to_ = Math.floor(clock().getTime() / 1000), county: counties, ...filter } = query;
    const from = dateOf(from_ ?? to_ - 365 * daySeconds);
    return { status: 200, body: { result: await deals.list({ ...filter, counties, from, to: dateOf(to_) }) } };
  },
});

/** GET /apiv1/deals/{id} */
export const findDeal = route({
  summary: 'Shows one deal',
  permission: 'read',
  answers: { 200: resultOf(deal) },
  path: idPath,
  handle: async ({ path }, { deals }: ReadPorts) => {
    const deal = await deals.find(path.id);
    if (!deal) throw new NotFoundError(`Deal id ${path.id} doesn't exist.`);
    return { status: 200, body: { result: deal } };
  },
});

/** GET /apiv1/deal-statistics */
export const listStatistics = route({
  summary: 'Lists monthly statistics',
  permission: 'read',
  description: 'Deals by county, district, month, project and number of rooms.',
  answers: { 200: pageOf(monthlyStatistic) },
  query: z.object({
    county: countiesParameter().optional(),
    district: district.optional(),
    year: integerParameter({ min: 1, max: 9999 }).optional(),
    month: integerParameter({ min: 1, max: 12 }).optional(),
    project: textParameter({ max: 200 }).optional().describe("The project's whole name."),
    ...paging,
  }),
  handle: async ({ query: { county: counties, ...filter } }, { deals }: ReadPorts) => ({
    status: 200,
    body: { result: await deals.statistics({ ...filter, counties }) },
  }),
});

/** GET /apiv1/deal-statistics/new-projects */
export const listNewProjects = route({
  summary: 'Lists statistics of projects new to the market',
  permission: 'read',
  description: 'The last one, three and six months of a project, by size of the house.',
  answers: { 200: pageOf(newProject) },
  query: z.object({
    county: countiesParameter().optional(),
    district: district.optional(),
    ...paging,
  }),
  handle: async ({ query: { county: counties, ...filter } }, { deals }: ReadPorts) => ({
    status: 200,
    body: { result: await deals.newProjects({ ...filter, counties }) },
  }),
});

/** The day of a moment in Taiwan: a deal's day counts when any of it is within from_ and to_. */
function dateOf(epochSeconds: number): string {
  return taipeiDate(new Date(epochSeconds * 1000));
}
