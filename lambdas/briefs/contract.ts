import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import { noRoomAnswer } from '#kit/api/no-room.ts';
import type { EditableSources } from '#kit/ledger/editable.ts';
import { kafkaEnv } from '#kit/stream/env.ts';
import { briefsEnvelope } from './api/envelope.ts';
import { allPlatformSettings } from './collect/settings.ts';
import { platforms } from './platforms/index.ts';
import { platformNames } from './platforms/names.ts';

/** What the stack and the handlers of briefs agree on. Imported by both; does no work. */
export { allPlatformSettings } from './collect/settings.ts';

/** The routes that `briefs/api` answers; those below /dts-auto-brief have an existing front end's names. */
export const briefsRoutes = [
  'POST /dts-auto-brief/job/submit',
  'POST /dts-auto-brief/job/view',
  'POST /dts-auto-brief/job/search',
  'POST /dts-auto-brief/job/view_article_list',
  'POST /dts-auto-brief/job/view_account_list',
  'POST /dts-auto-brief/job/cancel',
  'POST /dts-auto-brief/job/change',
  'POST /dts-auto-brief/job/spider_progress',
  'POST /dts-auto-brief/job/run_again',
  'POST /dts-auto-brief/job/delete',
  'GET /dts-auto-brief/download',
  'GET /dts-auto-brief/img',
  'POST /dts-auto-brief/zip',
  'GET /briefs/platforms',
  'POST /briefs/platforms/{name}/probe',
  'POST /briefs/platforms/{name}/pause',
  'POST /briefs/platforms/{name}/resume',
] as const;

/** How every platform is asked, unless an environment says otherwise. */
export const platformDefaults = Object.fromEntries(platforms.map(({ name, asked }) => [name, asked]));

/** One Kafka topic for each platform. */
export const briefTopics = platformNames.map((name) => `brief.${name}`);

const text = z.string().min(1);
const wholeNumber = z.coerce.number().int().positive();

/** The settings of all platforms as JSON. */
const BRIEFS_PLATFORMS = z
  .string()
  .transform((json): unknown => JSON.parse(json))
  .pipe(allPlatformSettings);

/** Where what failed for good is run again from the ledger. */
const SWEEPS_QUEUE_ARN = z.string().startsWith('arn:');

/** Everything that gives calls their turns. */
const dispatching = {
  DATABASE_URL: text,
  BRIEFS_PLATFORMS,
  CALLS_QUEUE_URL: z.url(),
  /** Where answers are read, also those that are read once more. */
  ANSWERS_QUEUE_URL: z.url(),
  EXPORTS_QUEUE_URL: z.url(),
  SWEEPS_QUEUE_URL: z.url(),
  SWEEPS_QUEUE_ARN,
};

export const callPlatformEnv = z.object({
  BRIEFS_PLATFORMS,
  RAW_BUCKET: text,
  BRIEFS_SECRET: text,
  ANSWERS_QUEUE_URL: z.url(),
  CALL_TIMEOUT_MS: wholeNumber,
  CALL_MAX_BYTES: wholeNumber,
});

export const readAnswerEnv = z.object({
  ...dispatching,
  ...kafkaEnv,
  RAW_BUCKET: text,
  ALERTS_QUEUE_URL: z.url(),
});

export const storeArticlesEnv = z.object({ ...dispatching, FAILURES_QUEUE_URL: z.url(), RAW_BUCKET: text });

export const sweepBriefsEnv = z.object({
  ...dispatching,
  RAW_BUCKET: text,
  /** How long articles, and files, are kept. */
  ARTICLES_KEEP_DAYS: wholeNumber,
  FILES_KEEP_DAYS: wholeNumber,
  /** For mails that the API could not send. */
  MAIL_QUEUE_URL: z.url(),
  LINKS_SECRET: text,
  API_URL: z.string().default(''),
});

/** Adds the probes that are due, and wakes the sweep. */
export const probePlatformsEnv = z.object(dispatching);

export const probePlatformsImpact = 'Credentials that stopped working are found by the next brief, not before.';

/** What failed goes back in as it was: it names a call, and nothing else. */
export const editableInputs = {} as const satisfies EditableSources;

/** Asks for the files of one stage. */
export const exportStageMessage = z.object({ stage_uuid: z.uuid() });

/** Files made anew, from what is stored: of one stage, or of all stages of a brief. Those that have not ended get none. */
export const askExportEnv = z.object({ DATABASE_URL: text, EXPORTS_QUEUE_URL: z.url() });
/** Whose brief it has to be; an operator's command asks for anybody's. */
const owner = z.string().optional();
export const askExportInput = z.union([
  z.object({ stage_uuid: z.uuid(), owner }),
  z.object({ job_uuid: z.uuid(), owner }),
]);
export const askExportOutput = z.object({ stages: z.array(z.uuid()) });

export const exportStageEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  MAIL_QUEUE_URL: z.url(),
  LINKS_SECRET: text,
  API_URL: z.string().default(''),
  /** Links are good for as long as files are kept. */
  FILES_KEEP_DAYS: z.coerce.number().int().positive(),
  /** Words that say nothing, beside those that the project knows: between blanks. */
  STOP_WORDS: z
    .string()
    .default('')
    .transform((words) => words.split(/\s+/).filter(Boolean)),
});

export const briefsApiEnv = z.object({
  ...dispatching,
  ...callerEnv,
  RAW_BUCKET: text,
  MAIL_QUEUE_URL: z.url(),
  LINKS_SECRET: text,
  /** How long a stage's files are kept, and links to them are good. */
  FILES_KEEP_DAYS: z.coerce.number().int().positive(),
  API_URL: z.string().default(''),
});

/** What those hear who find no place at routes of briefs. */
export const noRoom = () => noRoomAnswer(briefsEnvelope);
