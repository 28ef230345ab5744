import * as z from 'zod';
import { count } from '#kit/api/answers.ts';
import { choiceParameter, dateParameter, integerParameter, textParameter, written } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { InvalidInputError } from '#kit/errors.ts';
import { tenantOf } from '../api/tenancy.ts';
import { ask, type Found } from './ask.ts';
import { type Figures, withRates } from './figures.ts';
import { type Dimension, dimensions, type MetricsPorts, type Row, topFigures, trendDimensions } from './ports.ts';
import { columnsOf } from './questions.ts';
import type { Scope } from './sql.ts';

const share = z.number().min(0).nullable();
const figures = z.object({
  impressions: count,
  clicks: count,
  conversions: count,
  engagements: count,
  items_shown: count.describe('Different items that were shown.'),
  active_users: count.describe('Different users.'),
  ctr: share.describe('clicks / impressions; null where nothing was shown.'),
  conversion_rate: share,
  engagement_rate: share,
  coverage: share.describe('Items shown of the active ones.'),
});
const key = z.string().nullable();
const source = z.enum(['database', 'files']).describe('Where the days are: the last ones stand in the database.');
const keptFrom = z.iso
  .date()
  .nullable()
  .describe('Scenarios keep behaviour from this day on: what is asked for begins earlier. Trends have all days.');
const range = { from: z.iso.date(), to: z.iso.date(), source, kept_from: keptFrom };

const name = () => textParameter({ min: 1, max: 64 }).optional();
const scopeParameters = {
  from: dateParameter().optional().describe('The first day, UTC. Six days before the last one where it is missing.'),
  to: dateParameter().optional().describe('The last day; today where it is missing.'),
  scenario_id: name(),
  strategy: name(),
  experiment_id: name(),
};
type ScopeParameters = { readonly [K in keyof typeof scopeParameters]?: string | undefined };

const groupBy = written(
  z
    .string()
    .default('')
    .transform((text) => [...new Set(text.split(',').filter(Boolean))])
    .pipe(z.array(choiceParameter(dimensions)).max(3)),
  { type: 'string', examples: ['day,strategy'], default: '' },
).describe(`Up to three, between commas: ${dimensions.join(', ')}.`);

const dayMs = 24 * 60 * 60 * 1000;
// A year with a day more: what is compared with the year before.
const longestDays = 367;

/** The scope of a request. Throws an InvalidInputError for a range that ends before it begins, or is longer than a year. */
function scopeOf(request: Parameters<typeof tenantOf>[0], query: ScopeParameters, today: string): Scope {
  const { to = today, scenario_id, strategy, experiment_id } = query;
  const from = query.from ?? new Date(Date.parse(to) - 6 * dayMs).toISOString().slice(0, 10);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (days < 1) throw new InvalidInputError({ querystring: { from: ['Must not be after to.'] } });
  if (days > longestDays)
    throw new InvalidInputError({ querystring: { from: [`Must be at most ${longestDays} days before to.`] } });
  return { tenant_id: tenantOf(request), from, to, scenario_id, strategy, experiment_id };
}

const numberOf = (value: string | number | null | undefined) => Number(value ?? 0);

/** Numbers as numbers, with the shares. */
function shown(row: Row, activeItems: number | null) {
  const found: Figures = {
    impressions: numberOf(row.impressions),
    clicks: numberOf(row.clicks),
    conversions: numberOf(row.conversions),
    engagements: numberOf(row.engagements),
    items_shown: numberOf(row.items_shown),
    active_users: numberOf(row.active_users),
  };
  return withRates(found, activeItems);
}

const keysOf = (row: Row, by: readonly Dimension[]) =>
  Object.fromEntries(columnsOf(by).map((column) => [column, row[column] === null ? null : String(row[column])]));

const rangeOf = ({ from, to }: Scope, { source, kept_from }: Found) => ({
  from,
  to,
  source,
  kept_from: kept_from !== null && from < kept_from ? kept_from : null,
});

const showMetrics = route({
  summary: 'Shows CTR, conversion and the rest over a range',
  description: 'CTR is clicks / impressions. Users and items are counted once each within a row.',
  permission: 'read',
  query: z.object({ ...scopeParameters, group_by: groupBy }),
  answers: {
    200: z.object({
      ...range,
      rows: z.array(
        figures.extend({
          day: key.optional(),
          scenario_id: key.optional(),
          strategy: key.optional(),
          model_id: key.optional(),
          experiment_id: key.optional(),
          experiment_group: key.optional(),
          slot: key.optional(),
          segment: key.optional(),
        }),
      ),
    }),
  },
  handle: async ({ query, caller, event }, ports: MetricsPorts) => {
    const { group_by: by, ...given } = query;
    const scope = scopeOf({ caller, event }, given, ports.today());
    const found = await ask({ ask: 'figures', scope, by }, ports);
    // A group's part of another scenario's items says nothing.
    const items = by.includes('scenario') ? null : found.active_items;
    const rows = found.rows.map((row) => ({ ...keysOf(row, by), ...shown(row, items) }));
    return { status: 200, body: { ...rangeOf(scope, found), rows } };
  },
});

const showFunnel = route({
  summary: 'Shows how many users went from seeing to converting',
  description:
    'Each step is of those who took the one before, at the same time or later: shown, clicked, converted. Engagement is of those who clicked.',
  permission: 'read',
  query: z.object(scopeParameters),
  answers: {
    200: z.object({
      ...range,
      steps: z.array(
        z
          .object({
            step: z.enum(['impression', 'click', 'engagement', 'conversion']),
            users: count,
            of_first: share.describe('Of those who were shown something.'),
          })
          .meta({ id: 'FunnelStep' }),
      ),
    }),
  },
  handle: async ({ query, caller, event }, ports: MetricsPorts) => {
    const scope = scopeOf({ caller, event }, query, ports.today());
    const found = await ask({ ask: 'funnel', scope }, ports);
    const row = found.rows[0] ?? {};
    const first = numberOf(row.impression);
    const steps = (['impression', 'click', 'engagement', 'conversion'] as const).map((step) => {
      const users = numberOf(row[step]);
      return { step, users, of_first: first === 0 ? null : users / first };
    });
    return { status: 200, body: { ...rangeOf(scope, found), steps } };
  },
});

const showTopItems = route({
  summary: 'Lists the items with the most of a figure',
  description: 'By CTR only items that were shown at least 100 times.',
  permission: 'read',
  query: z.object({
    ...scopeParameters,
    by: choiceParameter(topFigures).default('clicks'),
    limit: integerParameter({ min: 1, max: 100 }).default(20),
  }),
  answers: {
    200: z.object({
      ...range,
      items: z.array(
        figures
          .omit({ items_shown: true, active_users: true, coverage: true })
          .extend({ scenario_id: z.string(), item_id: z.string() })
          .meta({ id: 'TopItem' }),
      ),
    }),
  },
  handle: async ({ query, caller, event }, ports: MetricsPorts) => {
    const { by, limit: most, ...given } = query;
    const scope = scopeOf({ caller, event }, given, ports.today());
    const found = await ask({ ask: 'top-items', scope, by, most }, ports);
    const items = found.rows.map((row) => {
      const { items_shown: _items, active_users: _users, coverage: _coverage, ...counted } = shown(row, null);
      return { scenario_id: String(row.scenario_id), item_id: String(row.item_id), ...counted };
    });
    return { status: 200, body: { ...rangeOf(scope, found), items } };
  },
});

const showTrends = route({
  summary: 'Shows days as they were computed',
  description:
    'Each hour the days that behaviour came for are computed anew; of a scenario, a day and a value of the dimension one row.',
  permission: 'read',
  query: z.object({
    from: scopeParameters.from,
    to: scopeParameters.to,
    scenario_id: scopeParameters.scenario_id,
    dimension: choiceParameter(trendDimensions).default(''),
  }),
  answers: {
    200: z.object({
      from: z.iso.date(),
      to: z.iso.date(),
      rows: z.array(
        figures.extend({
          day: z.iso.date(),
          scenario_id: z.string(),
          value: z.string(),
          computed_at: z.iso.datetime(),
        }),
      ),
    }),
  },
  handle: async ({ query, caller, event }, ports: MetricsPorts) => {
    const { dimension, ...given } = query;
    const scope = scopeOf({ caller, event }, given, ports.today());
    const { rows } = await ask({ ask: 'trends', scope, dimension }, ports);
    const { from, to } = scope;
    const days = rows.map((row) => ({
      day: String(row.day),
      scenario_id: String(row.scenario_id),
      value: String(row.value),
      computed_at: String(row.computed_at),
      ...shown(row, numberOf(row.active_items)),
    }));
    return { status: 200, body: { from, to, rows: days } };
  },
});

/** Served by `recommender/metrics-api`. */
export const metricsApi = {
  'GET /api/v1/metrics': showMetrics,
  'GET /api/v1/metrics/funnel': showFunnel,
  'GET /api/v1/metrics/top-items': showTopItems,
  'GET /api/v1/metrics/trends': showTrends,
};
