import * as z from 'zod';

/** The part of the contract of tasks that is about Spark. */

/** Where jobs write: `spark/{id of the run}`, in the bucket of callers' files. */
export const sparkPrefix = 'spark';

/** What a task on Spark may ask its state machine for: one job a line. */
export const sparkJobs = ['tasks/word-count'] as const;

export const collectSparkEnv = z.object({ DATABASE_URL: z.string().min(1), FILES_BUCKET: z.string().min(1) });

/** What the state machine hands on when a job is done. */
export const collectSparkInput = z.object({
  task_id: z.uuid(),
  /** Of the run, and of the file that its counts become. */
  run: z.uuid(),
});

/** A job's own summary, and the file of its counts: one JSON list [word, count] a line. */
export const collectSparkOutput = z.object({
  engine: z.enum(['spark', 'streamed']),
  version: z.string(),
  words: z.int().min(0),
  distinct: z.int().min(0),
  file: z.string(),
});
