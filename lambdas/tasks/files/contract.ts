import * as z from 'zod';

/** The part of the contract of tasks that is about files. */

const positive = z.coerce.number().int().positive();

/** Where the objects of files lie. Never a user's name for them: `files/{id}`. */
export const filesPrefix = 'files';

export const filesApiEnv = z.object({
  DATABASE_URL: z.string().min(1),
  API_TOKEN_SECRET: z.string().min(1),
  FILES_BUCKET: z.string().min(1),
  /** Of one file. */
  FILES_MAX_BYTES: positive,
  FILES_KEEP_DAYS: positive,
  FILES_UNFINISHED_HOURS: positive,
  /** ARN of the machine that reads a file to compare its hash. */
  VERIFY_FILE_MACHINE: z.string().min(1),
});

/** Served by `files-api`. */
export const filesRoutes = [
  'POST /api/v1/files',
  'GET /api/v1/files/{file_id}',
  'GET /api/v1/files/{file_id}/parts',
  'POST /api/v1/files/{file_id}/complete',
] as const;

export const verifyFileEnv = z.object({
  DATABASE_URL: z.string().min(1),
  FILES_BUCKET: z.string().min(1),
  /** How long one turn reads. */
  TURN_SECONDS: positive,
});

/** Input of the machine that verifies, and of its one step. */
export const verifyFileInput = z.object({ file_id: z.uuid() });

export const verifyFileOutput = z.object({ state: z.enum(['more', 'ended']) });

export const sweepFilesEnv = z.object({ DATABASE_URL: z.string().min(1), FILES_BUCKET: z.string().min(1) });

/** What is lost while the sweep doesn't come. */
export const sweepFilesImpact = 'Files and unfinished uploads stay, and cost, longer than promised.';
