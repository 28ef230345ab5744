import * as z from 'zod';
import { resultOf } from '#kit/api/answers.ts';
import { authorOf } from '#kit/api/author.ts';
import { lengthParameter } from '#kit/api/paging.ts';
import { route } from '#kit/api/route.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#kit/errors.ts';
import { begunReplay, replayEstimate, replayList, replayProgress, stoppedReplay } from '../answers.ts';
import { idPath, manyBody } from '../parameters.ts';
import type { LedgerPorts } from '../routes.ts';
import { largestRate, longestSeconds } from './portion.ts';

const mostAtOnce = 100_000;
const rate = z.number().min(0.01).max(largestRate).default(10).describe('Failures a second.');

/** POST /platform/failures/replay */
export const replayFailures = route({
  summary: 'Sends many again',
  permission: 'operate',
  description:
    'The oldest open ones that match, in portions at a rate, within four days; `dry_run` only estimates (200).',
  answers: { 200: replayEstimate, 202: begunReplay },
  body: manyBody(mostAtOnce, { rate, dry_run: z.boolean().default(false).describe('Only estimates.') }),
  handle: async ({ body, caller }, { replays, machine, sendReplay }: LedgerPorts) => {
    const { limit, rate: perSecond, dry_run, who, ...filter } = body;
    const lasting = (chosen: number) => ({ chosen, rate: perSecond, seconds: Math.ceil(chosen / perSecond) });
    if (dry_run) {
      const { chosen, ...more } = await replays.estimate(filter, limit);
      return { status: 200, body: { result: { ...lasting(chosen), ...more } } };
    }
    const wanted = { filter, limit, rate: perSecond, who: authorOf(caller, who) };
    const begun = await replays.begin(wanted, async ({ id, chosen }) => {
      refuseTooLong(chosen, perSecond);
      const input = JSON.stringify({ replay_id: id });
      await sendReplay({ name: `bulk-${id}`, door: machine, attributes: {}, input });
    });
    const { id, state, chosen } = begun;
    return { status: 202, body: { result: { id, state, ...lasting(chosen) } } };
  },
});

/** GET /platform/replays */
export const listReplays = route({
  summary: 'Lists replays of many',
  permission: 'operate',
  answers: { 200: replayList },
  query: z.object({ length: lengthParameter(50) }),
  handle: async ({ query: { length } }, { replays }: Pick<LedgerPorts, 'replays'>) => ({
    status: 200,
    body: { result: await replays.list(length) },
  }),
});

/** GET /platform/replays/{id} */
export const findReplay = route({
  summary: 'Shows how far a replay is',
  permission: 'operate',
  answers: { 200: resultOf(replayProgress) },
  path: idPath,
  handle: async ({ path: { id } }, { replays }: Pick<LedgerPorts, 'replays'>) => {
    const found = await replays.find(id);
    if (!found) throw noReplay(id);
    return { status: 200, body: { result: found } };
  },
});

/** POST /platform/replays/{id}/stop */
export const stopReplay = route({
  summary: 'Stops a replay',
  permission: 'operate',
  description: 'What was not sent yet is open again.',
  answers: { 200: stoppedReplay },
  path: idPath,
  handle: async ({ path: { id } }, { replays }: Pick<LedgerPorts, 'replays'>) => {
    const now = await replays.stop(id);
    if (now === undefined) throw noReplay(id);
    if (now !== 'stopped') throw new ConflictError(`Replay ${id} is ${now}.`);
    return { status: 200, body: { result: { id, state: now } } };
  },
});

function refuseTooLong(chosen: number, perSecond: number): void {
  if (chosen <= longestSeconds * perSecond) return;
  const least = Math.ceil((chosen / longestSeconds) * 100) / 100;
  const days = longestSeconds / 86_400;
  throw new InvalidInputError({ json: { rate: [`${chosen} would take more than ${days} days: at least ${least}.`] } });
}

function noReplay(id: number): NotFoundError {
  return new NotFoundError(`Replay ${id} doesn't exist.`);
}
