import * as z from 'zod';
import { pageOf, plannedBackfill, resultOf } from '#kit/api/answers.ts';
import type { Caller } from '#kit/api/authentication.ts';
import { authorOf, whoField } from '#kit/api/author.ts';
import { pagingParameters } from '#kit/api/paging.ts';
import {
  booleanParameter,
  choiceParameter,
  integerParameter,
  momentParameter,
  textParameter,
} from '#kit/api/parameters.ts';
import { isGiven } from '#kit/api/permission.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { slotStates } from '../slots/slot.ts';
import { backfill, backfillWithItems, run as runAnswer, slot } from './answers.ts';
import type { PlanBackfill } from './plan-backfill-store.ts';
import { type RunReader, type RunRow, runStates } from './run.ts';

/** Everything the run routes need. */
export interface RunsPorts {
  readonly reader: RunReader;
  readonly plan: PlanBackfill;
}

const word = textParameter({ max: 200 });
const moment = momentParameter();
const idPath = z.object({ id: integerParameter({ min: 1 }).describe('Id of the row.') });
const paging = pagingParameters(50);
const span = {
  from: moment.optional().describe('First moment of its start, or of its slot.'),
  to: moment.optional().describe('First moment after.'),
  ...paging,
};

/** What a brief looks for, and where its files lie, is its owner's, who has it from the brief's own routes. */
function shownTo(caller: Caller, run: RunRow): RunRow {
  return run.workload === 'briefs' && !isGiven(caller, 'operate') ? { ...run, detail: {} } : run;
}

/** GET /platform/runs */
export const listRuns = route({
  summary: 'Lists runs of every workload',
  permission: 'read',
  description: 'The newest first. A task counts from when it was submitted.',
  answers: { 200: pageOf(runAnswer) },
  query: z.object({
    workload: word.optional(),
    name: word.optional(),
    kind: word.optional(),
    parent: word.optional().describe('Those that are parts of the run of this name.'),
    state: choiceParameter(runStates).optional(),
    lost: booleanParameter().optional().describe('Those that lost something, or those that did not.'),
    ...span,
  }),
  handle: async ({ query, caller }, { reader }: RunsPorts) => {
    const page = await reader.runs(query);
    return { status: 200, body: { result: { ...page, data: page.data.map((run) => shownTo(caller, run)) } } };
  },
});

/** GET /platform/runs/{id} */
export const findRun = route({
  summary: 'Shows one run',
  permission: 'read',
  answers: { 200: resultOf(runAnswer) },
  path: idPath,
  handle: async ({ path, caller }, { reader }: RunsPorts) => {
    const run = await reader.run(path);
    if (!run) throw new NotFoundError(`Run ${path.id} doesn't exist.`);
    return { status: 200, body: { result: shownTo(caller, run) } };
  },
});

/** GET /platform/runs/{workload}/{name} */
export const findNamedRun = route({
  summary: 'Shows one run by its name',
  permission: 'read',
  answers: { 200: resultOf(runAnswer) },
  path: z.object({ workload: word, name: word }),
  handle: async ({ path, caller }, { reader }: RunsPorts) => {
    const run = await reader.run(path);
    if (!run) throw new NotFoundError(`Run ${path.workload}/${path.name} doesn't exist.`);
    return { status: 200, body: { result: shownTo(caller, run) } };
  },
});

/** GET /platform/slots */
export const listSlots = route({
  summary: 'Lists the slots of schedules',
  permission: 'read',
  description: 'Each time that a schedule was due, and what came of it; the newest first.',
  answers: { 200: pageOf(slot) },
  query: z.object({ schedule: word.optional(), state: choiceParameter(slotStates).optional(), ...span }),
  handle: async ({ query }, { reader }: RunsPorts) => ({ status: 200, body: { result: await reader.slots(query) } }),
});

/** GET /platform/backfills */
export const listBackfills = route({
  summary: 'Lists backfills',
  permission: 'operate',
  answers: { 200: pageOf(backfill) },
  query: z.object(paging),
  handle: async ({ query }, { reader }: RunsPorts) => ({
    status: 200,
    body: { result: await reader.backfills(query) },
  }),
});

/** GET /platform/backfills/{id} */
export const findBackfill = route({
  summary: 'Shows one backfill with its pieces',
  permission: 'operate',
  answers: { 200: resultOf(backfillWithItems) },
  path: idPath,
  handle: async ({ path: { id } }, { reader }: RunsPorts) => {
    const found = await reader.backfill(id);
    if (!found) throw new NotFoundError(`Backfill ${id} doesn't exist.`);
    return { status: 200, body: { result: found } };
  },
});

/** POST /platform/backfills */
export const postBackfill = route({
  summary: "Runs a schedule's slots of a time span",
  permission: 'operate',
  description: 'Those that nobody has run, one after another; `dry_run` only estimates (200).',
  answers: { 200: plannedBackfill, 202: plannedBackfill },
  body: z
    .object({
      schedule: z
        .string('Not a valid string.')
        .min(1)
        .max(200)
        .meta({ examples: ['presale/start-publication'] }),
      from: moment,
      to: moment,
      dry_run: z.boolean('Not a valid boolean.').default(false).describe('Only estimates.'),
      who: whoField,
    })
    .catchall(z.undefined('Unknown field.')),
  handle: async ({ body: { who, ...body }, caller }, { plan }: RunsPorts) => {
    const planned = await plan(body, authorOf(caller, who));
    return { status: planned.id === undefined ? 200 : 202, body: { result: planned } };
  },
});
