import * as z from 'zod';
import { authorOf, whoField } from '#kit/api/author.ts';
import { choiceParameter, integerParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { ConflictError, NotFoundError } from '#kit/errors.ts';
import type { ReplayMessage } from '../contract.ts';
import { type FailureRow, failureStates, type Ledger } from './ledger.ts';
import { filter, idPath, manyBody, noMore, note } from './parameters.ts';
import { messageOf } from './replays/portion.ts';
import type { Replays } from './replays/replays.ts';

/** What the routes work with. */
export interface LedgerPorts {
  readonly ledger: Ledger;
  readonly replays: Replays;
  /** ARN of the machine that sends portions. */
  readonly machine: string;
  /** Puts work into the queue of replays, from where all doors are in reach. */
  readonly sendReplay: (replay: ReplayMessage) => Promise<void>;
}

type Ports = Pick<LedgerPorts, 'ledger'>;

const mostAtOnce = 10_000;

/** GET /platform/failures */
export const listFailures = route({
  query: z.object({
    ...filter,
    state: choiceParameter(failureStates).optional(),
    start: integerParameter({ min: 0 }).default(0),
    length: integerParameter({ min: 1, max: 500 }).default(50),
  }),
  handle: async ({ query }, { ledger }: Ports) => ({ status: 200, body: { result: await ledger.list(query) } }),
});

/** GET /platform/failures/{id} */
export const findFailure = route({
  path: idPath,
  handle: async ({ path: { id } }, { ledger }: Ports) => {
    const found = await ledger.find(id);
    if (!found) throw noFailure(id);
    return { status: 200, body: { result: { ...found, lineage: await ledger.lineage(id) } } };
  },
});

/** POST /platform/failures/{id}/discard */
export const discardFailure = route({
  path: idPath,
  body: z.object({ who: whoField }).catchall(noMore),
  handle: async ({ path: { id }, body }, { ledger }: Ports) =>
    settled(id, 'discarded', await ledger.discard(id, authorOf(body.who))),
});

/** POST /platform/failures/discard */
export const discardFailures = route({
  body: manyBody(mostAtOnce, {}),
  handle: async ({ body: { limit, who, ...given } }, { ledger }: Ports) => ({
    status: 200,
    body: { result: { discarded: await ledger.discardAll(given, limit, authorOf(who)) } },
  }),
});

/** POST /platform/failures/{id}/resolve */
export const resolveFailure = route({
  path: idPath,
  body: z.object({ note, who: whoField }).catchall(noMore),
  handle: async ({ path: { id }, body }, { ledger }: Ports) =>
    settled(id, 'resolved', await ledger.resolve(id, authorOf(body.who), body.note)),
});

/** POST /platform/failures/resolve */
export const resolveAllFailures = route({
  body: manyBody(mostAtOnce, { note }),
  handle: async ({ body: { limit, note: said, who, ...given } }, { ledger }: Ports) => ({
    status: 200,
    body: { result: { resolved: await ledger.resolveAll(given, limit, { who: authorOf(who), note: said }) } },
  }),
});

/** POST /platform/failures/{id}/replay */
export const replayFailure = route({
  path: idPath,
  body: z
    .object({
      input: z.union([z.string().max(200_000), z.looseObject({})]).optional(),
      dry_run: z.boolean().default(false),
      who: whoField,
    })
    .catchall(noMore),
  handle: async ({ path: { id }, body: { input, dry_run, who } }, { ledger, sendReplay }: LedgerPorts) => {
    const edited = typeof input === 'object' ? JSON.stringify(input) : input;
    if (dry_run) {
      const found = await ledger.find(id);
      if (!found) throw noFailure(id);
      return { status: 200, body: { result: { id, state: found.state, replay: replayOf(found, edited) } } };
    }
    const before = await ledger.replay(id, authorOf(who), (failure) => sendReplay(replayOf(failure, edited)));
    if (before === undefined) throw noFailure(id);
    if (before !== 'open') throw new ConflictError(`Failure ${id} is ${before}.`);
    return { status: 202, body: { result: { id, state: 'replayed' } } };
  },
});

function replayOf(failure: FailureRow, edited: string | undefined): ReplayMessage {
  const { id, door } = failure;
  if (door === null || !/^(arn:aws:(sqs|states|lambda):|s3:\/\/)/.test(door))
    throw new ConflictError(`Failure ${id} came in at no door that takes anything: it can't be replayed.`);
  return messageOf(failure, edited);
}

function settled(id: number, wanted: 'discarded' | 'resolved', now: FailureRow['state'] | undefined) {
  if (now === undefined) throw noFailure(id);
  if (now !== wanted) throw new ConflictError(`Failure ${id} is ${now}.`);
  return { status: 200, body: { result: { id, state: now } } };
}

function noFailure(id: number): NotFoundError {
  return new NotFoundError(`Failure ${id} doesn't exist.`);
}
