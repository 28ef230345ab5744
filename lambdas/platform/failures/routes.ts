import * as z from 'zod';
import { route } from '#kit/api-handler.ts';
import { ConflictError, NotFoundError } from '#kit/errors.ts';
import { choiceParameter, integerParameter, textParameter } from '#kit/parameters.ts';
import type { ReplayMessage } from '../contract.ts';
import { type FailureRow, failureStates, type Ledger } from './ledger.ts';

/** What the routes work with. */
export interface LedgerPorts {
  readonly ledger: Ledger;
  /** Puts one replay into the queue of replays. */
  readonly sendReplay: (replay: ReplayMessage) => Promise<void>;
}

// There is one credential: who holds it has no name.
const who = 'api';

const word = textParameter({ max: 200 }).optional();
const moment = z.iso.datetime({ offset: true, error: 'Not a valid time, such as 2026-11-21T02:00:00Z.' }).optional();
const filter = { workload: word, source: word, reason: word, from: moment, to: moment };
const state = choiceParameter(failureStates).optional();
const idPath = z.object({ id: integerParameter({ min: 1 }) });

const bulk = z
  .object({ ...filter, limit: z.int().min(1).max(10_000) })
  .catchall(z.undefined('Unknown field.'))
  .refine(({ limit: _, ...given }) => Object.values(given).some((value) => value !== undefined), {
    error: 'Name at least one of workload, source, reason, from, to.',
  });

/** GET /platform/failures */
export const listFailures = route({
  query: z.object({
    ...filter,
    state,
    start: integerParameter({ min: 0 }).default(0),
    length: integerParameter({ min: 1, max: 500 }).default(50),
  }),
  handle: async ({ query }, { ledger }: Pick<LedgerPorts, 'ledger'>) => ({
    status: 200,
    body: { result: await ledger.list(query) },
  }),
});

/** GET /platform/failures/{id} */
export const findFailure = route({
  path: idPath,
  handle: async ({ path: { id } }, { ledger }: Pick<LedgerPorts, 'ledger'>) => {
    const found = await ledger.find(id);
    if (!found) throw new NotFoundError(`Failure ${id} doesn't exist.`);
    return { status: 200, body: { result: { ...found, lineage: await ledger.lineage(id) } } };
  },
});

/** POST /platform/failures/{id}/discard */
export const discardFailure = route({
  path: idPath,
  handle: async ({ path: { id } }, { ledger }: Pick<LedgerPorts, 'ledger'>) => {
    const now = await ledger.discard(id, who);
    if (now === undefined) throw new NotFoundError(`Failure ${id} doesn't exist.`);
    if (now !== 'discarded') throw new ConflictError(`Failure ${id} is ${now}.`);
    return { status: 200, body: { result: { id, state: now } } };
  },
});

/** POST /platform/failures/discard */
export const discardFailures = route({
  body: bulk,
  handle: async ({ body: { limit, ...given } }, { ledger }: Pick<LedgerPorts, 'ledger'>) => ({
    status: 200,
    body: { result: { discarded: await ledger.discardAll(given, limit, who) } },
  }),
});

/** POST /platform/failures/{id}/replay */
export const replayFailure = route({
  path: idPath,
  body: z
    .object({
      input: z.union([z.string().max(200_000), z.looseObject({})]).optional(),
      dry_run: z.boolean().default(false),
    })
    .catchall(z.undefined('Unknown field.')),
  handle: async ({ path: { id }, body: { input, dry_run } }, { ledger, sendReplay }: LedgerPorts) => {
    const edited = typeof input === 'object' ? JSON.stringify(input) : input;
    if (dry_run) {
      const found = await ledger.find(id);
      if (!found) throw new NotFoundError(`Failure ${id} doesn't exist.`);
      return { status: 200, body: { result: { id, state: found.state, replay: replayOf(found, edited) } } };
    }
    const before = await ledger.replay(id, who, (failure) => sendReplay(replayOf(failure, edited)));
    if (before === undefined) throw new NotFoundError(`Failure ${id} doesn't exist.`);
    if (before !== 'open') throw new ConflictError(`Failure ${id} is ${before}.`);
    return { status: 202, body: { result: { id, state: 'replayed' } } };
  },
});

/** What goes back in. The kept input stays as it is, also where an edited one goes. */
function replayOf({ id, door, input: kept, attributes }: FailureRow, edited: string | undefined): ReplayMessage {
  const input = edited ?? kept;
  if (door === null || !/^arn:aws:(sqs|states):/.test(door))
    throw new ConflictError(`Failure ${id} came in at no queue and no state machine: it can't be replayed.`);
  if (input === null)
    throw new ConflictError(`Failure ${id} has an input above 32 KB: it can't be replayed as it was.`);
  return { failure_id: id, door, input, attributes };
}
