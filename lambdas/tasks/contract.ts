import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import { noRoomAnswer } from '#kit/api/no-room.ts';
import type { EditableSources } from '#kit/ledger/editable.ts';
import type { ScheduledTask } from '#kit/schedule/schedule.ts';
import { tasksEnvelope } from './api/envelope.ts';

/** What the stack and the handlers of the tasks agree on. Imported by both; does no work. */
export * from './files/contract.ts';
export * from './spark/contract.ts';

const text = z.string().min(1);
const wholeNumber = z.coerce.number().int().positive();

/** Where a task is sent on: those of the worker, those that a state machine runs, and what looks after both. */
const queues = {
  TASKS_QUEUE_URL: z.url(),
  /** Of functions that may take longer than {@link shortSeconds}. */
  LONG_TASKS_QUEUE_URL: z.url(),
  STARTS_QUEUE_URL: z.url(),
  CALLBACKS_QUEUE_URL: z.url(),
  SWEEPS_QUEUE_URL: z.url(),
};

/** `127.0.0.1:4600`, comma separated: what may be called although it is not public. */
const pageAllowed = z
  .string()
  .default('')
  .transform((list) => list.split(',').filter(Boolean));

export const tasksApiEnv = z.object({
  DATABASE_URL: text,
  ...callerEnv,
  RAW_BUCKET: text,
  PAGE_ALLOWED: pageAllowed,
  ...queues,
});

/** Everything that runs functions. */
const running = {
  DATABASE_URL: text,
  RAW_BUCKET: text,
  FILES_BUCKET: text,
  ALERTS_QUEUE_URL: text,
  ...queues,
  /** Where a failed task's replay goes back in: ARN of the worker's queue. */
  TASKS_DOOR: text,
  /** How long a task stays its worker's without a word from it. */
  LEASE_SECONDS: wholeNumber,
};

export const runTasksEnv = z.object({
  ...running,
  /** How long a worker works on at most, from its batch on: what is not done then goes to another. */
  SHIFT_SECONDS: wholeNumber,
});
export const runTurnEnv = z.object(running);

/** Starts executions, named for their tasks; outside of the VPC. */
export const startTasksEnv = z.object({
  TASKS_QUEUE_URL: z.url(),
  STEPS_MACHINE: text,
  /** Nothing where no function needs Spark. */
  SPARK_MACHINE: z.string().default(''),
});

export const sweepTasksEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  ...queues,
  /** How long a task that has ended is remembered. */
  TASKS_KEEP_DAYS: wholeNumber,
});

export const startScheduledEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  SLOTS_QUEUE_URL: z.url(),
  ...queues,
});

/** Of those who send callbacks that take their time. */
export const sendSlowCallbacksEnv = z.object({
  /** Where the worker hears how it went, who has the database. */
  TASKS_QUEUE_URL: z.url(),
  /** Where callbacks lie until they are sent. */
  RAW_BUCKET: text,
  /** Of `{"key": "..."}`: signs what is called back. */
  CALLBACKS_SECRET: text,
  CALLBACK_TIMEOUT_MS: wholeNumber,
  PAGE_ALLOWED: pageAllowed,
});

export const sendCallbacksEnv = sendSlowCallbacksEnv.extend({
  /** Where callbacks go whose receivers take longer than a first try. */
  SLOW_CALLBACKS_QUEUE_URL: z.url(),
});

/**
 * What people may edit of a failure's input before it goes back in: the arguments of a task, never which task it is; and of
 * a callback nothing.
 */
export const editableInputs = { 'run-tasks': { fields: ['input'] } } as const satisfies EditableSources;

/** A task that waits in a queue. A replay from the ledger may carry another input than the task's own. */
export const taskMessage = z.object({
  task_id: z.uuid(),
  input: z.record(z.string(), z.unknown()).optional(),
  /** Its execution ended without it: otherwise nothing would ever end it. */
  lost: z.string().optional(),
  /** It was told to end, and nothing runs of it any more. */
  stopped: z.literal(true).optional(),
  /** Its caller was called back, or was not: only its row is to know. */
  delivery: z.object({ at: z.iso.datetime(), error: z.string().nullable() }).optional(),
});

/** The error of an execution that a terminated task's was. The ledger has no use for it. */
export const stoppedOnPurpose = 'TaskTerminated';

/** For the state machines: the same, with where it runs. */
export const startMessage = z.object({
  task_id: z.uuid(),
  host: z.enum(['steps', 'spark']),
  stop: z.literal(true).optional(),
});

/**
 * One answer that a caller wants sent. Address and body are no part of it: a signature is worth nothing where every
 * sender to the queue chooses what is signed.
 */
export const callbackMessage = z.object({ task_id: z.uuid() });

/** Where address and body lie, as the stack composed them when the task ended. */
export const callbacksPrefix = 'tasks/callbacks';

/** What lies there. */
export const composedCallback = z.object({
  url: z.url(),
  /** As it is sent, byte for byte. */
  body: z.string(),
});

export type ComposedCallback = z.output<typeof composedCallback>;

/** Wakes the sweep: there is nothing to say. */
export const sweepMessage = z.object({});

/** One turn of a task on a state machine. `answer`: of the step it asked for in its turn before, or why there is none. */
export const turnInput = z.object({
  task_id: z.uuid(),
  /** The question that `answer` is of, as the turn said that asked it. */
  call: z.int().min(0).default(0),
  answer: z.union([z.object({ ok: z.unknown() }), z.object({ error: z.string() })]).optional(),
});

export const turnOutput = z.object({
  /** `again`: after `seconds`; `call`: ask `capability` first. */
  state: z.enum(['ended', 'again', 'call']),
  seconds: z.int().min(0).default(0),
  capability: z.string().optional(),
  input: z.unknown().optional(),
  /** Tells this question from those before. */
  call: z.int().min(0).default(0),
});

/** What steps of other workloads a function on `steps` may ask (`context.call`). */
export const capabilities = ['presale/refresh-statistics', 'briefs/ask-export'] as const;

/** Served by `tasks/api`, with what no other route takes below /api/v1. */
export const tasksRoutes = [
  'POST /api/v1/tasks/submit',
  'GET /api/v1/tasks/list',
  'GET /api/v1/task/{task_id}/info',
  'GET /api/v1/task/{task_id}/result',
  'POST /api/v1/task/{task_id}/terminate',
  'POST /api/v1/task/{task_id}/retry',
  'GET /api/v1/task_funcs/list',
  'GET /api/v1/task_funcs/{name}',
  'ANY /api/v1/{proxy+}',
] as const;

/** The worker's, in megabytes: a whole processor. What a task costs is reckoned from it. */
export const workerMemory = 1769;

/** A function that declares no more is short: it never waits behind those that may take minutes. */
export const shortSeconds = 60;

/** Tasks that a worker runs beside each other, each in a process of its own. */
export const slots = 10;

/** When a function is run by itself, with which arguments. */
export interface ScheduledFunction extends ScheduledTask {
  readonly name: `${string}:${string}`;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

// The schedule's own tries take an hour.
const onceEach = { catchUp: 'run-once', graceMinutes: 75 } as const;

/** One line a schedule: each is a schedule of the stack, and each of its slots is one task. */
export const scheduledFunctions = {
  'recent-tasks': {
    name: 'tasks.general.example:recent_tasks',
    kwargs: { days: 1 },
    at: 'cron(33 3 * * ? *)',
    timeZone: 'Asia/Shanghai',
    impact: 'The count of the last day’s tasks is missing.',
    slots: onceEach,
  },
} as const satisfies Record<string, ScheduledFunction>;

/** Who submits what is scheduled. */
export { scheduleUser } from '#kit/api/authentication/edit-users.ts';

/** What those hear who find no place at routes of tasks and files. */
export const noRoom = () => noRoomAnswer(tasksEnvelope);
