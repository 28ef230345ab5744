import * as z from 'zod';
import { count } from '#kit/api/answers.ts';
import { authorOf } from '#kit/api/author.ts';
import { integerParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import { pageOf } from '../api/envelope.ts';
import type { experimentRoutes } from '../api/rooms.ts';
import { tenantOf } from '../api/tenancy.ts';
import { scenarioId } from '../identifiers.ts';
import { experimentId, experimentStates, newExperiment } from './experiment.ts';
import type { ExperimentBook } from './ports.ts';
import { resultsOf } from './results.ts';

export interface ExperimentPorts {
  readonly experiments: ExperimentBook;
  readonly clock: Clock;
  /** The first day whose behaviour is in the database as a whole. */
  readonly hotFrom: () => string;
}

const moment = z.date().nullable();
const share = z.number().nullable();
const interval = z.array(z.number()).length(2).readonly().nullable();

const experiment = z
  .object({
    experiment_id: z.string(),
    scenario_id: z.string(),
    name: z.string(),
    description: z.string(),
    variants: z.array(z.object({ name: z.string(), traffic: z.int(), config: z.record(z.string(), z.unknown()) })),
    least_lift: z.number(),
    state: z.enum(experimentStates),
    author: z.string(),
    created_at: z.date(),
    started_at: moment,
    stopped_at: moment,
  })
  .meta({ id: 'RecommenderExperiment' });

const results = z
  .object({
    experiment_id: z.string(),
    state: z.enum(experimentStates),
    variants: z.array(
      z.object({
        variant: z.string(),
        traffic: z.int(),
        users: count.describe('Users that were exposed.'),
        clicked: count.describe('Those of them with a click.'),
        rate: share,
        interval: interval.describe('Wald, 95 %.'),
        impressions: count,
        clicks: count,
        click_through: z
          .object({ ctr: z.number(), interval: interval.describe('Delta method over users, 95 %.') })
          .nullable(),
        comparison: z
          .object({
            z: z.number(),
            p: z.number().describe('Of the pooled z-test: good for one look, at the planned size.'),
            lift: share,
            difference: z.number(),
            interval: z.array(z.number()).length(2).readonly(),
            p_at_any_time: z.number().describe('Holds however often one looks.'),
            significant: z.boolean(),
          })
          .nullable()
          .describe('Beside the first variant.'),
      }),
    ),
    split: z.object({ chi_squared: z.number(), p: z.number(), mismatch: z.boolean() }).nullable(),
    sample_size: z.int().nullable().describe('Users that each variant needs.'),
    winner: z.string().nullable(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'ExperimentResults' });

const path = z.object({ experiment_id: experimentId });

const add = route({
  summary: 'Makes an experiment',
  description: 'Shares of traffic add up to 100. It compares nothing until it is started.',
  permission: 'operate',
  body: newExperiment,
  answers: { 200: experiment },
  handle: async ({ body, caller, event }, { experiments, clock }: ExperimentPorts) => {
    const by = { author: authorOf(caller, undefined), now: clock() };
    return { status: 200, body: await experiments.add(tenantOf({ caller, event }), body, by) };
  },
});

const list = route({
  summary: 'Lists experiments',
  permission: 'read',
  query: z.object({
    scenario_id: scenarioId.optional(),
    state: z.enum(experimentStates).optional(),
    page: integerParameter({ min: 1, max: 1_000_000 }).default(1),
    page_size: integerParameter({ min: 1, max: 100 }).default(20),
  }),
  answers: { 200: pageOf(experiment) },
  handle: async ({ query, caller, event }, { experiments }: ExperimentPorts) => {
    const { page, page_size, ...filter } = query;
    const paging = { start: (page - 1) * page_size, length: page_size };
    const { data, total } = await experiments.list(tenantOf({ caller, event }), filter, paging);
    return { status: 200, body: { total, page, page_size, items: data } };
  },
});

const show = route({
  summary: 'Shows an experiment',
  permission: 'read',
  path,
  answers: { 200: experiment },
  handle: async ({ path, caller, event }, { experiments }: ExperimentPorts) => ({
    status: 200,
    body: await experiments.find(tenantOf({ caller, event }), path.experiment_id),
  }),
});

const start = route({
  summary: 'Starts an experiment',
  description: 'From then on users get their variants. Of a scenario only one runs at a time.',
  permission: 'operate',
  path,
  answers: { 200: experiment },
  handle: async ({ path, caller, event }, { experiments, clock }: ExperimentPorts) => ({
    status: 200,
    body: await experiments.start(tenantOf({ caller, event }), path.experiment_id, clock()),
  }),
});

const stop = route({
  summary: 'Stops an experiment',
  description: 'It can’t be started again: who comes later would not be comparable.',
  permission: 'operate',
  path,
  answers: { 200: experiment },
  handle: async ({ path, caller, event }, { experiments, clock }: ExperimentPorts) => ({
    status: 200,
    body: await experiments.stop(tenantOf({ caller, event }), path.experiment_id, clock()),
  }),
});

const showResults = route({
  summary: 'Shows what an experiment has found',
  description:
    'Users are compared, for users are what is assigned. `significant` may be looked at daily: it is by a mixture sequential probability ratio test.',
  permission: 'read',
  path,
  answers: { 200: results },
  handle: async ({ path, caller, event }, { experiments, hotFrom }: ExperimentPorts) => {
    const tenant = tenantOf({ caller, event });
    const found = await experiments.find(tenant, path.experiment_id);
    const facts = await experiments.facts(tenant, path.experiment_id, hotFrom());
    const { experiment_id, state } = found;
    return { status: 200, body: { experiment_id, state, ...resultsOf(found, facts) } };
  },
});

/** The routes of experiments, served by `recommender/api`. */
export const experimentsApi = {
  'POST /api/v1/experiments': add,
  'GET /api/v1/experiments': list,
  'GET /api/v1/experiments/{experiment_id}': show,
  'POST /api/v1/experiments/{experiment_id}/start': start,
  'POST /api/v1/experiments/{experiment_id}/stop': stop,
  'GET /api/v1/experiments/{experiment_id}/results': showResults,
} satisfies Record<(typeof experimentRoutes)[number], unknown>;
