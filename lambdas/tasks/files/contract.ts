import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';

/** The part of the contract of tasks that is about files. */

const positive = z.coerce.number().int().positive();

/** Where the objects of files lie. Never a user's name for them: `files/{id}`. */
export const filesPrefix = 'files';

export const filesApiEnv = z.object({
  DATABASE_URL: z.string().min(1),
  ...callerEnv,
  FILES_BUCKET: z.string().min(1),
  /** Of one file. */
  FILES_MAX_BYTES: positive,
  FILES_KEEP_DAYS: positive,
  FILES_UNFINISHED_HOURS: positive,
  /** Of files that are to be read, to compare their hash. */
  VERIFY_FILES_QUEUE_URL: z.url(),
});

/** Served by `files-api`. */
export const filesRoutes = [
  'POST /api/v1/files',
  'GET /api/v1/files/{file_id}',
  'GET /api/v1/files/{file_id}/parts',
  'POST /api/v1/files/{file_id}/complete',
] as const;

export const verifyFilesEnv = z.object({
  DATABASE_URL: z.string().min(1),
  FILES_BUCKET: z.string().min(1),
  /** How long one turn reads. */
  TURN_SECONDS: positive,
  /** Its own: where a file goes that isn't read to its end. */
  VERIFY_FILES_QUEUE_URL: z.url(),
});

/** A file that waits for being read. */
export const verifyFileMessage = z.object({ file_id: z.uuid() });

export const sweepFilesEnv = z.object({
  DATABASE_URL: z.string().min(1),
  FILES_BUCKET: z.string().min(1),
  /** How long a file that is gone is remembered, as a task that has ended is. */
  TASKS_KEEP_DAYS: positive,
});

/** What is lost while the sweep doesn't come. */
export const sweepFilesImpact = 'Files and unfinished uploads stay, and cost, longer than promised.';
