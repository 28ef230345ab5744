import * as z from 'zod';
import { platformNames } from '../platforms/names.ts';

/** What goes through the queues of a call: small, and never a credential. */

const request = z.strictObject({
  method: z.enum(['GET', 'POST']),
  path: z.string().startsWith('/'),
  query: z.record(z.string(), z.string()).optional(),
  body: z.record(z.string(), z.unknown()).optional(),
});

/** One call on its way to whoever asks the platform. */
export const callMessage = z.strictObject({
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

const asked = { call: z.int(), attempt: z.int(), asked_at: z.iso.datetime() };

/** What came of it: where the answer is kept, or why there is none. */
export const answerMessage = z.union([
  z.strictObject({
    ...asked,
    raw_key: z.string().min(1),
    status: z.int(),
    content_type: z.string(),
    /** After redirects. */
    url: z.string(),
    /** The answer itself where it is small: whoever reads it asks no bucket. */
    text: z.string().optional(),
  }),
  z.strictObject({ ...asked, fault: z.string().min(1), message: z.string() }),
]);
export type AnswerMessage = z.output<typeof answerMessage>;

/** What whoever reads answers gets: one, or a word that a call may be due. */
export const readMessage = z.union([answerMessage, z.strictObject({ wake: z.literal('dispatch') })]);
export type ReadMessage = z.output<typeof readMessage>;

/** What wakes the sweep; a replay from the ledger names what is to be run again. */
export const sweepMessage = z.strictObject({ again: z.strictObject({ call: z.int() }).optional() });
export type SweepMessage = z.output<typeof sweepMessage>;
