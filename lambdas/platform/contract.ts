import * as z from 'zod';

/** What the stack and the handlers of the platform agree on. Imported by both; does no work. */

/** The migration runs as the master user, whose password stands in a secret where there is one. */
export const migrateEnv = z.object({
  DATABASE_URL: z.string().min(1),
  DATABASE_SECRET_ARN: z.string().optional(),
});

export const sendMailEnv = z.object({
  MAIL_FROM: z.string().min(1),
  /** Comma separated: who gets a mail that names nobody. */
  MAIL_TO: z
    .string()
    .transform((list) =>
      list
        .split(',')
        .map((address) => address.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.email()).min(1)),
  MAIL_CONFIGURATION_SET: z.string().min(1),
});

/** One mail in the mail queue. */
export const mailMessage = z.object({
  to: z.array(z.email()).min(1).optional(),
  subject: z.string().min(1).max(500),
  text: z.string(),
  html: z.string().optional(),
});

/** The health route needs no variables; it says only that the stack answers. */
export const healthEnv = z.object({});

export const healthRoutes = ['GET /health'] as const;

/** What can only be reached from inside the VPC, or from there as well. */
export const checkInsideEnv = z.object({
  DATABASE_URL: z.string().min(1),
  RAW_BUCKET: z.string().min(1),
  API_TOKEN_SECRET: z.string().min(1),
});

/** One queue (by its URL), state machine (ARN) or schedule (`group/name`) to look at. */
const outsideDependency = z.object({
  kind: z.enum(['queue', 'state machine', 'schedule']),
  name: z.string().min(1),
  id: z.string().min(1),
  /** What stops working without it, as a sentence. */
  without: z.string().min(1),
});
export type OutsideDependency = z.output<typeof outsideDependency>;

/** What can only be reached from outside of the VPC. */
export const checkOutsideEnv = z.object({
  API_TOKEN_SECRET: z.string().min(1),
  MAIL_FROM: z.string().min(1),
  /** JSON: a list of queues, state machines and schedules. */
  DEPENDENCIES: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(z.array(outsideDependency)),
});

/** Two routes, because no function reaches both sides (docs/decisions/0004-network-without-nat.md). */
export const checkInsideRoutes = ['GET /health/dependencies'] as const;
export const checkOutsideRoutes = ['GET /health/services'] as const;

/** ARN of a dead-letter queue, or of a state machine -> the edge that ends there, and the queue its messages came from. */
const edges = z.record(
  z.string(),
  z.object({ edge: z.string().regex(/^[a-z]+\/[a-z-]+$/), queue: z.string().optional() }),
);

export type Edges = z.output<typeof edges>;

export const recordFailuresEnv = z.object({
  DATABASE_URL: z.string().min(1),
  FAILURES_BUCKET: z.string().min(1),
  /** {@link Edges} as JSON. */
  FAILURE_EDGES: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(edges),
});

/** The doors stand in the messages. */
export const replayFailureEnv = z.object({});

/** One replay in the queue of replays. */
export const replayMessage = z.object({
  failure_id: z.int().positive(),
  door: z.string().min(1),
  input: z.string(),
  attributes: z.record(z.string(), z.string()),
});

export type ReplayMessage = z.output<typeof replayMessage>;

export const failuresApiEnv = z.object({
  DATABASE_URL: z.string().min(1),
  API_TOKEN_SECRET: z.string().min(1),
  REPLAYS_QUEUE_URL: z.string().min(1),
});

/** Served by `failures-api`. */
export const failuresRoutes = [
  'GET /platform/failures',
  'GET /platform/failures/{id}',
  'POST /platform/failures/discard',
  'POST /platform/failures/{id}/discard',
  'POST /platform/failures/{id}/replay',
] as const;
