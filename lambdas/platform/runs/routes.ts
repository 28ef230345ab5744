import * as z from 'zod';
import { authorOf, whoField } from '#kit/api/author.ts';
import { choiceParameter, integerParameter, textParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { slotStates } from '../slots/slot.ts';
import type { PlanBackfill } from './plan-backfill-store.ts';
import { type RunReader, runStates } from './run.ts';

/** What the routes work with. */
export interface RunsPorts {
  readonly reader: RunReader;
  readonly plan: PlanBackfill;
}

const word = textParameter({ max: 200 });
const moment = z.iso.datetime({ offset: true, error: 'Not a valid time, such as 2026-11-21T02:00:00Z.' });
const idPath = z.object({ id: integerParameter({ min: 1 }) });
const paging = {
  start: integerParameter({ min: 0 }).default(0),
  length: integerParameter({ min: 1, max: 500 }).default(50),
};
const span = { from: moment.optional(), to: moment.optional(), ...paging };

/** GET /platform/runs */
export const listRuns = route({
  query: z.object({
    workload: word.optional(),
    name: word.optional(),
    kind: word.optional(),
    state: choiceParameter(runStates).optional(),
    lost: choiceParameter(['true', 'false'])
      .transform((given) => given === 'true')
      .optional(),
    ...span,
  }),
  handle: async ({ query }, { reader }: RunsPorts) => ({ status: 200, body: { result: await reader.runs(query) } }),
});

/** GET /platform/runs/{id} */
export const findRun = route({
  path: idPath,
  handle: async ({ path }, { reader }: RunsPorts) => {
    const run = await reader.run(path);
    if (!run) throw new NotFoundError(`Run ${path.id} doesn't exist.`);
    return { status: 200, body: { result: run } };
  },
});

/** GET /platform/runs/{workload}/{name} */
export const findNamedRun = route({
  path: z.object({ workload: word, name: word }),
  handle: async ({ path }, { reader }: RunsPorts) => {
    const run = await reader.run(path);
    if (!run) throw new NotFoundError(`Run ${path.workload}/${path.name} doesn't exist.`);
    return { status: 200, body: { result: run } };
  },
});

/** GET /platform/slots */
export const listSlots = route({
  query: z.object({ schedule: word.optional(), state: choiceParameter(slotStates).optional(), ...span }),
  handle: async ({ query }, { reader }: RunsPorts) => ({ status: 200, body: { result: await reader.slots(query) } }),
});

/** GET /platform/backfills */
export const listBackfills = route({
  query: z.object(paging),
  handle: async ({ query }, { reader }: RunsPorts) => ({
    status: 200,
    body: { result: await reader.backfills(query) },
  }),
});

/** GET /platform/backfills/{id} */
export const findBackfill = route({
  path: idPath,
  handle: async ({ path: { id } }, { reader }: RunsPorts) => {
    const backfill = await reader.backfill(id);
    if (!backfill) throw new NotFoundError(`Backfill ${id} doesn't exist.`);
    return { status: 200, body: { result: backfill } };
  },
});

/** POST /platform/backfills */
export const postBackfill = route({
  body: z
    .object({
      schedule: z.string('Not a valid string.').min(1).max(200),
      from: moment,
      to: moment,
      dry_run: z.boolean('Not a valid boolean.').default(false),
      who: whoField,
    })
    .catchall(z.undefined('Unknown field.')),
  handle: async ({ body: { who, ...body } }, { plan }: RunsPorts) => {
    const planned = await plan(body, authorOf(who));
    return { status: planned.id === undefined ? 200 : 202, body: { result: planned } };
  },
});
