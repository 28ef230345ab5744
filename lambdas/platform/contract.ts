import * as z from 'zod';
import { plainEnvelope } from '#kit/api/api-response.ts';
import { callerEnv } from '#kit/api/authentication/env.ts';
import { noRoomAnswer } from '#kit/api/no-room.ts';
import { jsonText } from '#kit/text/json.ts';
import { addressList } from './address-list.ts';

/** What the stack and the handlers of the platform agree on. Imported by both; does no work. */
export * from './admission/contract.ts';
export * from './alerts/contract.ts';
export * from './console/contract.ts';
export * from './docs/contract.ts';
export * from './exports/contract.ts';
export * from './failures/contract.ts';
export * from './query/contract.ts';
export * from './runs/contract.ts';
export * from './schedules/contract.ts';
export * from './slots/contract.ts';
export * from './steps/contract.ts';
export * from './topics/contract.ts';
export * from './users/contract.ts';

/** The migration runs as the master user, whose password stands in a secret where there is one. */
export const migrateEnv = z.object({
  DATABASE_URL: z.string().min(1),
  DATABASE_SECRET_ARN: z.string().optional(),
});

export const sendMailEnv = z.object({
  MAIL_FROM: z.string().min(1),
  /** Comma separated recipients of mails that name none. */
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

/** Dependencies that can be reached from inside the VPC. */
export const checkInsideEnv = z.object({
  DATABASE_URL: z.string().min(1),
  RAW_BUCKET: z.string().min(1),
  ...callerEnv,
  /** Nothing where the environment has no brokers. */
  KAFKA_BROKERS: z.string().default(''),
  KAFKA_AUTH: z.enum(['iam', 'none']).default('none'),
  KAFKA_REGION: z.string().default(''),
});

/** Where the list of them stands, beside the code of the function that looks: variables have 4 KB together. */
export const dependenciesFile = 'dependencies.json';

/** One queue, state machine, schedule or site to look at. */
export const outsideDependency = z.strictObject({
  kind: z.enum(['queue', 'state machine', 'schedule', 'site']),
  /** For people. */
  name: z.string().min(1),
  /** What stops working without it, as a sentence. */
  without: z.string().min(1),
  /** The queue's name, the state machine's, or a site's in SITES. A schedule's is known when it is made: SCHEDULES has it. */
  id: z.string().min(1).optional(),
  /** Which page of a site is asked for. */
  path: z.string().startsWith('/').optional(),
});
export type OutsideDependency = z.output<typeof outsideDependency>;

/** Dependencies that can only be reached from outside the VPC. */
export const checkOutsideEnv = z.object({
  ...callerEnv,
  MAIL_FROM: z.string().min(1),
  /** The common beginning of the ARNs of the app's state machines. */
  MACHINE_PREFIX: z.string().min(1),
  /** JSON: name of each schedule, by its name for people, by which its group is called: `millrace-dev-<name>`. */
  SCHEDULES: jsonText(z.record(z.string(), z.string().min(1))),
  /** JSON: addresses of others' sites, by the variable that the functions which ask them have it in. */
  SITES: jsonText(z.record(z.string(), z.url())),
});

/** Two routes, because no function reaches both sides (docs/decisions/0004-network-without-nat.md). */
export const checkInsideRoutes = ['GET /health/dependencies'] as const;
export const checkOutsideRoutes = ['GET /health/services'] as const;

/** What those hear who find no place at routes of all routes that have no envelope of their own. */
export const noRoom = () => noRoomAnswer(plainEnvelope);
