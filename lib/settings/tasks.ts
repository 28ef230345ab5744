import * as z from 'zod';

const files = z.strictObject({
  /** Of one file; S3 takes no more than 5 TiB. */
  maxBytes: z
    .int()
    .positive()
    .max(5 * 1024 ** 4)
    .default(20 * 1000 ** 3),
  /** How long an upload may take. */
  unfinishedHours: z.int().min(1).max(168).default(48),
  /** How long a file stays. */
  keepDays: z.int().min(1).max(365).default(30),
});

/** What an environment may say of tasks; what it leaves out is as here. */
export const tasks = z.strictObject({
  enabled: z.boolean().default(true),
  /** Workers of short tasks at once; each runs up to ten side by side, and holds two database connections. */
  workers: z.int().min(2).max(1000).default(4),
  /** The same of those that may take minutes. */
  longWorkers: z.int().min(2).max(1000).default(2),
  /** Turns of long tasks at once. */
  longTasks: z.int().min(1).max(1000).default(2),
  /** Requests at once. */
  requests: z.int().min(1).max(1000).default(16),
  /** How long a task stays its worker's without a word from it; it says one every two seconds. */
  leaseSeconds: z.int().min(10).max(600).default(30),
  /** How long a task that has ended is remembered. */
  keepDays: z.int().min(1).max(3650).default(90),
  callbackTimeoutMs: z.int().min(100).max(60_000).default(10_000),
  /** `10.0.0.7:8080`: what may be called back although it is not public. */
  callbacksAllowed: z.array(z.string()).default([]),
  files: files.prefault({}),
  spark: z
    .strictObject({
      /** Of all jobs together, each with 4 GB: what bounds the cost. 0.26 USD an hour for four (us-east-1, arm64). */
      maxVcpu: z.int().min(4).max(400).default(16),
    })
    .prefault({}),
});
