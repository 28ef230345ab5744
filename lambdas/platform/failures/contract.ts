import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import type { EditableSources } from '#kit/ledger/editable.ts';

/** The failure ledger's part of the platform's contract. */

export const recordFailuresEnv = z.object({
  DATABASE_URL: z.string().min(1),
  RAW_BUCKET: z.string().min(1),
  /** The queue of the function that mails people about recorded failures. */
  ALERTS_QUEUE_URL: z.string().min(1),
});

/** The doors stand in the messages. */
export const replayFailureEnv = z.object({
  /** Large inputs, and which message replays what. */
  RAW_BUCKET: z.string().min(1),
  /** Where a replay that can never succeed is told. */
  FAILURES_QUEUE_URL: z.string().min(1),
});

/**
 * What people may edit of the platform's own inputs: the words of a mail, never whom it goes to. Messages that name doors,
 * failures and slots go back only as they were.
 */
export const editableInputs = {
  'send-mail': { fields: ['subject', 'text', 'html'] },
} as const satisfies EditableSources;

const lying = {
  /** The input itself, or where it lies: a key in the bucket, or the ARN of the execution that keeps it. */
  input: z.string().optional(),
  input_key: z.string().optional(),
  input_execution: z.string().optional(),
};

/** One piece of work in the queue of replays: for a failure's door, or for the machine that replays many. */
export const replayMessage = z
  .object({
    /** One delivery has one name; an execution is named so. */
    name: z.string().regex(/^[a-z]+-\d+$/),
    failure_id: z.int().positive().optional(),
    door: z.string().min(1),
    attributes: z.record(z.string(), z.string()),
    ...lying,
    /** With an edited input: what failed, which it is held against once more before it goes in. */
    edited: z.object({ source: z.string().min(1), original: z.object(lying) }).optional(),
  })
  .refine(
    (told) => [told.input, told.input_key, told.input_execution].filter((one) => one !== undefined).length === 1,
    {
      error: 'Exactly one of input, input_key, input_execution.',
    },
  );

export type ReplayMessage = z.output<typeof replayMessage>;

export const failuresApiEnv = z.object({
  DATABASE_URL: z.string().min(1),
  ...callerEnv,
  REPLAYS_QUEUE_URL: z.string().min(1),
  /** ARN of the machine that replays many. */
  REPLAY_MACHINE: z.string().min(1),
});

export const sendPortionEnv = z.object({ DATABASE_URL: z.string().min(1), REPLAYS_QUEUE_URL: z.string().min(1) });

/** Input of the machine that replays many, and of its one step. */
export const portionInput = z.object({ replay_id: z.int().positive() });

export const portionOutput = z.object({
  state: z.enum(['more', 'ended']),
  sent: z.int().min(0),
  /** When the next portion is due. */
  next_at: z.iso.datetime(),
});

/** Served by `failures-api`. */
export const failuresRoutes = [
  'GET /platform/failures',
  'GET /platform/failures/{id}',
  'POST /platform/failures/discard',
  'POST /platform/failures/replay',
  'POST /platform/failures/resolve',
  'POST /platform/failures/{id}/discard',
  'POST /platform/failures/{id}/replay',
  'POST /platform/failures/{id}/resolve',
  'GET /platform/replays',
  'GET /platform/replays/{id}',
  'POST /platform/replays/{id}/stop',
] as const;
