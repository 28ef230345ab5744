import * as z from 'zod';
import { usersEnv } from '#kit/api/authentication/env.ts';
import { jsonText } from '#kit/text/json.ts';

/** What the stack and the handlers of a run's steps agree on. */

const text = z.string().min(1);

/** Runs outside the VPC, where Step Functions can be reached; a function inside answers from the database. */
export const stepsApiEnv = z.object({
  ...usersEnv,
  ADMISSION_FUNCTION: text,
  ANSWER_RUN_FUNCTION: text,
  /** JSON: the ARN of each state machine, by its edge: `presale/run`. */
  MACHINES: jsonText(z.record(z.string(), text)),
  /** JSON: of the machines whose runs may be stopped, the function that then closes the run; empty where none is to. */
  CLOSERS: jsonText(z.record(z.string(), z.string())),
});

/** Served by `steps-api`. */
export const stepsRoutes = [
  'GET /platform/runs/{workload}/{name}/steps',
  'GET /platform/runs/{workload}/{name}/steps/{step}',
  'POST /platform/runs/{workload}/{name}/stop',
] as const;

export const answerRunEnv = z.object({ DATABASE_URL: text });

/** Which run. */
export const runQuestion = z.object({ workload: text, name: text });

const moment = z.union([z.date().transform((at) => at.toISOString()), z.string()]);

/** A run that is a part of the one asked for. */
const part = z.object({
  name: text,
  kind: text,
  state: text,
  started_at: moment,
  ended_at: moment.nullable(),
  counts: z.record(z.string(), z.number().nullable()),
  detail: z.record(z.string(), z.unknown()),
});

/** A run and its parts from the book, the oldest first; null when the book has no such run. */
export const runAnswer = z.object({
  run: z
    .object({ execution: text, kind: text, state: text, started_at: moment, ended_at: moment.nullable() })
    .nullable(),
  parts: z.array(part),
});

export type RunAnswer = z.output<typeof runAnswer>;

/** The error of an execution that a person stopped by the API, which is no failure. */
export const runStopped = 'RunStopped';

/** The event for a function that closes a stopped run. */
export interface StoppedRun {
  readonly run_id: string;
  readonly error: string;
  readonly cause: string;
}
