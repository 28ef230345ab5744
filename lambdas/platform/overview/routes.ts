import * as z from 'zod';
import { choiceParameter, momentParameter, textParameter } from '#kit/api/parameters.ts';
import { isGiven } from '#kit/api/permission.ts';
import { route } from '#kit/api/route.ts';
import { InvalidInputError } from '#kit/errors.ts';
import { failureStates } from '../failures/ledger.ts';
import * as answers from './answers.ts';
import { makeOverview, type OverviewPorts } from './make-overview.ts';
import { type CountSpan, type CountStep, countSteps, stepCount } from './overview.ts';

const word = textParameter({ max: 200 }).optional();

const span = {
  from: momentParameter().describe('First moment.'),
  to: momentParameter().describe('First moment after.'),
  step: choiceParameter(countSteps).default('day').describe('Whole hours or days of UTC.'),
};

// A year by day, or a month by hour with a day to spare.
const mostSteps = 768;

/** GET /platform/overview */
export const showOverview = route({
  summary: 'Shows how every workload stands',
  permission: 'read',
  description:
    'Its newest runs and slots, counts of a day and of a month, what is missed, what comes next. Open failures by reason only for those with the permission `operate`. What the stack depends on is at /health/dependencies and /health/services.',
  answers: { 200: answers.overview },
  handle: async ({ caller }, ports: OverviewPorts) => ({
    status: 200,
    body: { result: await makeOverview(ports, { showsFailures: isGiven(caller, 'operate') }) },
  }),
});

/** GET /platform/run-counts */
export const countRuns = route({
  summary: 'Counts runs over time',
  permission: 'read',
  description:
    'Runs that are parts of no other, by workload and by the hour or day they began in. Empty steps are left out.',
  answers: { 200: answers.runCounts },
  query: z.object({ workload: word, kind: word, name: word, ...span }),
  handle: async ({ query: { from, to, step, ...filter } }, { overview }: OverviewPorts) => ({
    status: 200,
    body: { result: { data: await overview.runCounts(spanOf({ from, to, step }), filter) } },
  }),
});

/** GET /platform/stream-counts */
export const countStreams = route({
  summary: 'Counts what came by streams over time',
  permission: 'read',
  description: 'By workload and by the hour or day it was taken in, with what became of it. Empty steps are left out.',
  answers: { 200: answers.streamCounts },
  query: z.object({ workload: word, ...span }),
  handle: async ({ query: { from, to, step, workload } }, { overview }: OverviewPorts) => ({
    status: 200,
    body: { result: { data: await overview.streamCounts(spanOf({ from, to, step }), workload) } },
  }),
});

/** GET /platform/failure-counts */
export const countFailures = route({
  summary: 'Counts failures over time',
  permission: 'operate',
  description: 'By workload, reason, and the hour or day they happened in. Empty steps are left out.',
  answers: { 200: answers.failureCounts },
  query: z.object({
    workload: word,
    source: word.describe('Name of the source.'),
    reason: word,
    state: choiceParameter(failureStates).optional(),
    ...span,
  }),
  handle: async ({ query: { from, to, step, ...filter } }, { overview }: OverviewPorts) => ({
    status: 200,
    body: { result: { data: await overview.failureCounts(spanOf({ from, to, step }), filter) } },
  }),
});

function spanOf({ from, to, step }: { from: string; to: string; step: CountStep }): CountSpan {
  const asked = { step, from: new Date(from), to: new Date(to) };
  if (asked.to <= asked.from) throw new InvalidInputError({ querystring: { to: ['Must lie after from.'] } });
  if (stepCount(asked) > mostSteps)
    throw new InvalidInputError({ querystring: { to: [`More than ${mostSteps} steps: take a shorter span.`] } });
  return asked;
}
