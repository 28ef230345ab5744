import * as z from 'zod';
import { platformNames } from '../platforms/names.ts';

/** What goes through the queues of a call: small, and never a credential. */

const request = z.strictObject({
  method: z.enum(['GET', 'POST']),
  path: z.string().startsWith('/'),
  query: z.record(z.string(), z.string()).optional(),
  body: z.record(z.string(), z.unknown()).optional(),
});

/** One call on its way to the worker that asks the platform. */
const callMessage = z.strictObject({
  call: z.int(),
  attempt: z.int(),
  platform: z.enum(platformNames),
  driver: z.enum(['native', 'gateway']),
  request,
  /** No sooner: a queue holds back by whole seconds. */
  turn_at: z.iso.datetime(),
  /** Where the answer is kept as it is received. */
  raw_key: z.string().min(1),
});
export type CallMessage = z.output<typeof callMessage>;

/** What the worker gets: one call, or several of one platform in the order of their turns. */
export const callsMessage = z.union([callMessage, z.strictObject({ calls: z.array(callMessage).min(1) })]);
export type CallsMessage = z.output<typeof callsMessage>;

/** From the first turn in a message to its last, at most: the worker waits for each. */
export const longestSpanMs = 1000;

/** The calls of a message. */
export function callsIn(message: CallsMessage): readonly CallMessage[] {
  return 'calls' in message ? message.calls : [message];
}

const asked = { call: z.int(), attempt: z.int(), asked_at: z.iso.datetime() };

/** What came of it: where the answer is kept, or why there is none. */
const answerMessage = z.union([
  z.strictObject({
    ...asked,
    raw_key: z.string().min(1),
    status: z.int(),
    content_type: z.string(),
    /** After redirects. */
    url: z.string(),
    /** The answer itself where it is small: its reader needs no bucket. */
    text: z.string().optional(),
  }),
  z.strictObject({ ...asked, fault: z.string().min(1), message: z.string() }),
]);
export type AnswerMessage = z.output<typeof answerMessage>;

/** The answers to the calls of one message. */
const answersMessage = z.union([answerMessage, z.strictObject({ answers: z.array(answerMessage).min(1) })]);
export type AnswersMessage = z.output<typeof answersMessage>;

/** What the reader of answers gets: answers, or word that a call may be due. */
export const readMessage = z.union([answersMessage, z.strictObject({ wake: z.literal('dispatch') })]);
export type ReadMessage = z.output<typeof readMessage>;

/** The answers in a message; none in one that only wakes. */
export function answersIn(message: ReadMessage): readonly AnswerMessage[] {
  if ('wake' in message) return [];
  return 'answers' in message ? message.answers : [message];
}

/** What wakes the sweep; a replay from the ledger names what is to be run again. */
export const sweepMessage = z.strictObject({ again: z.strictObject({ call: z.int() }).optional() });
export type SweepMessage = z.output<typeof sweepMessage>;
