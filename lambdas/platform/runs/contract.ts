import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import { routesOfSavedQueries } from '../query/contract.ts';
import { routesOfSchedules } from '../schedules/contract.ts';
import { scheduleList } from '../slots/contract.ts';

/** What the stack and the handlers of runs and backfills agree on. */

const text = z.string().min(1);

export const runsApiEnv = z.object({
  DATABASE_URL: text,
  ...callerEnv,
  BACKFILLS_QUEUE_URL: text,
  STARTS_QUEUE_URL: text,
  SWITCHES_QUEUE_URL: text,
  SCHEDULES: scheduleList,
  /** Names of the app's workloads, comma separated, in the order in which they are shown. */
  WORKLOADS: text.transform((names) => names.split(',')),
});

/** Served by `runs-api`. */
export const runsRoutes = [
  'GET /platform/me',
  'GET /platform/runs',
  'GET /platform/runs/{id}',
  'GET /platform/runs/{workload}/{name}',
  'GET /platform/slots',
  'GET /platform/backfills',
  'GET /platform/backfills/{id}',
  'POST /platform/backfills',
  'GET /platform/overview',
  'GET /platform/run-counts',
  'GET /platform/stream-counts',
  'GET /platform/failure-counts',
  ...routesOfSchedules,
  ...routesOfSavedQueries,
] as const;

export const advanceBackfillEnv = z.object({
  DATABASE_URL: text,
  STARTS_QUEUE_URL: text,
  BACKFILLS_QUEUE_URL: text,
  /** Between one start and the next, and between looks whether the last one has ended. SQS delays 15 minutes at most. */
  BACKFILL_PACE_SECONDS: z.coerce.number().int().min(1).max(900),
});

/** A backfill's turn; see lambdas/platform/record/backfill-book.ts. */
export const backfillTurn = z.object({ backfill_id: z.int().positive(), turn: z.int().positive() });

export const noteWaitEnv = z.object({ DATABASE_URL: text });

/** A state machine is about to wait. */
export const noteWaitInput = z.object({
  workload: text,
  name: text,
  execution: text,
  /** Why, in a sentence. */
  reason: z.string(),
  seconds: z.number().positive(),
});
export const noteWaitOutput = z.object({ until: z.iso.datetime() });
