import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import { jsonText } from '#kit/text/json.ts';
import { addressList } from './address-list.ts';

/** What the stack and the handlers of the platform agree on. Imported by both; does no work. */
export * from './admission/contract.ts';
export * from './alerts/contract.ts';
export * from './docs/contract.ts';
export * from './exports/contract.ts';
export * from './failures/contract.ts';
export * from './runs/contract.ts';
export * from './slots/contract.ts';
export * from './topics/contract.ts';

/** The migration runs as the master user, whose password stands in a secret where there is one. */
export const migrateEnv = z.object({
  DATABASE_URL: z.string().min(1),
  DATABASE_SECRET_ARN: z.string().optional(),
});

export const sendMailEnv = z.object({
  MAIL_FROM: z.string().min(1),
  /** Comma separated: who gets a mail that names nobody. */
  MAIL_TO: addressList,
  MAIL_CONFIGURATION_SET: z.string().min(1),
  /** Holds a receipt for each mail with an id that was sent. */
  RAW_BUCKET: z.string().min(1),
});

/** One mail in the mail queue. */
export const mailMessage = z.object({
  /** A mail that comes twice under one id is sent once. */
  id: z.string().min(1).max(200).optional(),
  to: z.array(z.email()).min(1).optional(),
  subject: z.string().min(1).max(500),
  text: z.string(),
  html: z.string().optional(),
});

export type MailMessage = z.output<typeof mailMessage>;

/** The health route needs no variables; it says only that the stack answers. */
export const healthEnv = z.object({});

export const healthRoutes = ['GET /health'] as const;

/** What can only be reached from inside the VPC, or from there as well. */
export const checkInsideEnv = z.object({
  DATABASE_URL: z.string().min(1),
  RAW_BUCKET: z.string().min(1),
  ...callerEnv,
  /** Nothing where the environment has no brokers. */
  KAFKA_BROKERS: z.string().default(''),
  KAFKA_AUTH: z.enum(['iam', 'none']).default('none'),
  KAFKA_REGION: z.string().default(''),
});

/** Kinds of what is looked at, by the letter that stands for each: all variables of a function have 4 KB together. */
export const dependencyKinds = { q: 'queue', m: 'state machine', s: 'schedule' } as const;

/**
 * One queue, state machine or schedule to look at: its kind, its name for people, what stops working without it as a
 * sentence (nothing for a state machine: its runs), and its id where that isn't the name: the queue's behind
 * QUEUE_PREFIX, the state machine's behind MACHINE_PREFIX, `group/name`.
 */
const outsideDependency = z.tuple([
  z.enum(['q', 'm', 's']),
  z.string().min(1),
  z.string(),
  z.string().min(1).optional(),
]);
export type OutsideDependency = z.output<typeof outsideDependency>;

/** What can only be reached from outside of the VPC. */
export const checkOutsideEnv = z.object({
  ...callerEnv,
  MAIL_FROM: z.string().min(1),
  /** What the names of the app's queues begin with. */
  QUEUE_PREFIX: z.string().min(1),
  /** And the ARNs of its state machines. */
  MACHINE_PREFIX: z.string().min(1),
  /** JSON: a list of queues, state machines and schedules. */
  DEPENDENCIES: jsonText(z.array(outsideDependency)),
});

/** Two routes, because no function reaches both sides (docs/decisions/0004-network-without-nat.md). */
export const checkInsideRoutes = ['GET /health/dependencies'] as const;
export const checkOutsideRoutes = ['GET /health/services'] as const;
