import * as z from 'zod';
import { count, resultOf } from '#kit/api/answers.ts';
import { authorOf, whoField } from '#kit/api/author.ts';
import { pagingParameters } from '#kit/api/paging.ts';
import { choiceParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#kit/errors.ts';
import type { ReplayMessage } from '../contract.ts';
import { failure, failurePage, replayPreview, settledFailure } from './answers.ts';
import { type FailureRow, failureStates, type Ledger } from './ledger.ts';
import { filter, idPath, manyBody, noMore, note } from './parameters.ts';
import { boundTo, editableOf, sourceOf } from './replays/bound.ts';
import { messageOf } from './replays/portion.ts';
import type { Replays } from './replays/replays.ts';

/** Everything the failure routes need. */
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
  summary: 'Lists failures, and counts them by reason',
  permission: 'operate',
  answers: { 200: failurePage },
  query: z.object({
    ...filter,
    state: choiceParameter(failureStates).optional(),
    ...pagingParameters(50),
  }),
  handle: async ({ query }, { ledger }: Ports) => ({ status: 200, body: { result: await ledger.list(query) } }),
});

/** GET /platform/failures/{id} */
export const findFailure = route({
  summary: 'Shows one failure with its input and its lineage',
  permission: 'operate',
  answers: { 200: resultOf(failure) },
  path: idPath,
  handle: async ({ path: { id } }, { ledger }: Ports) => {
    const found = await ledger.find(id);
    if (!found) throw noFailure(id);
    return { status: 200, body: { result: { ...found, lineage: await ledger.lineage(id) } } };
  },
});

/** POST /platform/failures/{id}/discard */
export const discardFailure = route({
  summary: 'Gives a failure up',
  permission: 'operate',
  answers: { 200: settledFailure },
  path: idPath,
  body: z.object({ who: whoField }).catchall(noMore).prefault({}),
  handle: async ({ path: { id }, body, caller }, { ledger }: Ports) =>
    settled(id, 'discarded', await ledger.discard(id, authorOf(caller, body.who))),
});

/** POST /platform/failures/discard */
export const discardFailures = route({
  summary: 'Gives up many',
  permission: 'operate',
  description: 'The oldest open ones that match, at most `limit`.',
  answers: { 200: resultOf(z.object({ discarded: count })) },
  body: manyBody(mostAtOnce, {}),
  handle: async ({ body: { limit, who, ...given }, caller }, { ledger }: Ports) => ({
    status: 200,
    body: { result: { discarded: await ledger.discardAll(given, limit, authorOf(caller, who)) } },
  }),
});

/** POST /platform/failures/{id}/resolve */
export const resolveFailure = route({
  summary: 'Says that a failure is put right',
  permission: 'operate',
  answers: { 200: settledFailure },
  path: idPath,
  body: z.object({ note, who: whoField }).catchall(noMore).prefault({}),
  handle: async ({ path: { id }, body, caller }, { ledger }: Ports) =>
    settled(id, 'resolved', await ledger.resolve(id, authorOf(caller, body.who), body.note)),
});

/** POST /platform/failures/resolve */
export const resolveAllFailures = route({
  summary: 'Says that many are put right',
  permission: 'operate',
  description: 'The oldest that match and are open or replayed, at most `limit`.',
  answers: { 200: resultOf(z.object({ resolved: count })) },
  body: manyBody(mostAtOnce, { note }),
  handle: async ({ body: { limit, note: said, who, ...given }, caller }, { ledger }: Ports) => ({
    status: 200,
    body: { result: { resolved: await ledger.resolveAll(given, limit, { who: authorOf(caller, who), note: said }) } },
  }),
});

/** POST /platform/failures/{id}/replay */
export const replayFailure = route({
  summary: 'Sends a failure again',
  permission: 'operate',
  description:
    'At the door it came in, as it was or with an edited input; `dry_run` shows what would be sent (200). What says whose the input is, which task, record or address it is about is bound to what failed: an edited input that changes it is refused (400).',
  answers: { 200: replayPreview, 202: settledFailure },
  path: idPath,
  body: z
    .object({
      input: z
        .union([z.string().max(200_000), z.looseObject({})])
        .optional()
        .describe('Instead of what was received: text, or JSON.'),
      dry_run: z.boolean().default(false).describe('Only shows what would be sent.'),
      who: whoField,
    })
    .catchall(noMore)
    .prefault({}),
  handle: async ({ path: { id }, body: { input, dry_run, who }, caller }, { ledger, sendReplay }: LedgerPorts) => {
    const edited = typeof input === 'object' ? textOf(input) : input;
    if (dry_run) {
      const found = await ledger.find(id);
      if (!found) throw noFailure(id);
      // What it is held against once more is no part of what would be sent.
      const { edited: _, ...replay } = replayOf(found, edited);
      return { status: 200, body: { result: { id, state: found.state, replay } } };
    }
    const before = await ledger.replay(id, authorOf(caller, who), (failure) => sendReplay(replayOf(failure, edited)));
    if (before === undefined) throw noFailure(id);
    if (before !== 'open') throw new ConflictError(`Failure ${id} is ${before}.`);
    return { status: 202, body: { result: { id, state: 'replayed' } } };
  },
});

function textOf(input: object): string {
  try {
    return JSON.stringify(input);
  } catch (cause) {
    // Read it can be however deep it is nested; written it can't.
    if (cause instanceof RangeError) throw new InvalidInputError({ json: { input: ['It is nested too deep.'] } });
    throw cause;
  }
}

function replayOf(failure: FailureRow, given: string | undefined): ReplayMessage {
  const { id, door } = failure;
  if (door === null || !/^(arn:aws:(sqs|states|lambda):|s3:\/\/)/.test(door))
    throw new ConflictError(`Failure ${id} came in at no door that takes anything: it can't be replayed.`);
  return messageOf(failure, given === undefined ? undefined : editedOf(failure, given));
}

/** Throws InvalidInputError for what is bound to the failure. An input that lies elsewhere is held against it on its way in. */
function editedOf(failure: FailureRow, given: string): string {
  const source = sourceOf(failure);
  // Without the original it can only be told whether the input may be edited as a whole or not at all.
  if (failure.input === null && editableOf(source) !== undefined) return given;
  const bound = boundTo(source, failure.input ?? '', given);
  if ('text' in bound) return bound.text;
  throw new InvalidInputError({
    json: { [bound.field === 'input' ? 'input' : `input.${bound.field}`]: [bound.reason] },
  });
}

function settled(id: number, wanted: 'discarded' | 'resolved', now: FailureRow['state'] | undefined) {
  if (now === undefined) throw noFailure(id);
  if (now !== wanted) throw new ConflictError(`Failure ${id} is ${now}.`);
  return { status: 200, body: { result: { id, state: now } } };
}

function noFailure(id: number): NotFoundError {
  return new NotFoundError(`Failure ${id} doesn't exist.`);
}
