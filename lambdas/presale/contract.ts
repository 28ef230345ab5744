import * as z from 'zod';
import { callerEnv, usersEnv } from '#kit/api/authentication/env.ts';
import { choiceParameter, dateParameter, textParameter } from '#kit/api/parameters.ts';
import type { EditableSources } from '#kit/ledger/editable.ts';
import type { ScheduledTask } from '#kit/schedule/schedule.ts';
import { dealFilesEnv, writeDealsEnv, writeDealsMessage } from './parquet/contract.ts';
import { countyLetters } from './publication/counties.ts';

export { siteFaults } from './faults.ts';
export { dealColumns, dealsFolder } from './parquet/columns.ts';
/** What the stack and the handlers of this workload agree on. Imported by both; does no work. */
export { countyLetters, writeDealsEnv, writeDealsMessage };

const county = choiceParameter(countyLetters);
const text = z.string().min(1);
const count = z.int().nonnegative();
const milliseconds = z.int().nonnegative();
const wholeNumber = z.coerce.number().int().positive();

/** `A,F,W`: which counties a run takes when none are named. */
const countyList = z
  .string()
  .transform((list) => list.split(',').map((letter) => letter.trim().toUpperCase()))
  .pipe(z.array(county).min(1))
  .transform((letters) => [...new Set(letters)]);

export const startPublicationEnv = z.object({ PRESALE_STATE_MACHINE: text, SLOTS_QUEUE_URL: text });
export const startRunEnv = z.object({ PRESALE_STATE_MACHINE: text, ...usersEnv, ADMISSION_FUNCTION: text });
export const planRunEnv = z.object({
  DATABASE_URL: text,
  PRESALE_RETRY_SECONDS: wholeNumber.max(365 * 24 * 60 * 60), // A state machine runs a year at most.
  PRESALE_MAX_ATTEMPTS: wholeNumber,
  PRESALE_COUNTIES: countyList,
});
export const checkPublicationEnv = z.object({ PRESALE_SITE_URL: z.url() });
export const fetchCountyEnv = z.object({
  PRESALE_SITE_URL: z.url(),
  RAW_BUCKET: text,
  /** For one try at one county's file: a function runs a quarter of an hour at most. */
  PRESALE_FETCH_SECONDS: z.coerce.number().positive().max(900),
  PRESALE_FETCH_ATTEMPTS: z.coerce.number().int().min(1),
});
export const loadCountyEnv = z.object({ DATABASE_URL: text, RAW_BUCKET: text });
export const checkRunEnv = z.object({ DATABASE_URL: text, RAW_BUCKET: text, ALERTS_QUEUE_URL: text });
export const refreshStatisticsEnv = z.object({ DATABASE_URL: text, ...dealFilesEnv });
export const writeReportEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  ALERTS_QUEUE_URL: text,
  /** With a slash at its end; empty where it is not known. */
  ALERT_API_URL: z.union([z.url(), z.literal('')]).default(''),
});
export const closeRunEnv = z.object({ DATABASE_URL: text });
export const readApiEnv = z.object({ DATABASE_URL: text, ...callerEnv });

export const backfillSeasonsEnv = z.object({
  DATABASE_URL: text,
  ...callerEnv,
  BACKFILLS_QUEUE_URL: text,
  PRESALE_COUNTIES: countyList,
  /** ARN of the state machine of runs; others start it. */
  RUN_DOOR: text,
});

export const loadCorrectionsEnv = writeDealsEnv.extend({ ALERTS_QUEUE_URL: text, ...dealFilesEnv });
export const correctProblemEnv = writeDealsEnv.extend({ ...callerEnv, ...dealFilesEnv });

/** `start-publication` runs `start-publication.handler.ts`. */
export const schedules = {
  'start-publication': {
    at: 'cron(0 10 1,11,21 * ? *)',
    timeZone: 'Asia/Taipei',
    impact: 'The newest pre-sale deals are missing until somebody starts the run by hand.',
    // The site shows its newest publication only: an older one that was missed can't be fetched any more. The schedule's
    // own tries take an hour.
    slots: { catchUp: 'run-once', graceMinutes: 75 },
  },
} as const satisfies Record<string, ScheduledTask>;

/**
 * What people may edit of a failure's input before it goes back in. A problem row's place is its key, but for its line: that
 * one stays. A corrected file's key says all of what it is about.
 */
export const editableInputs = {
  run: { fields: ['publication_date', 'season', 'counties', 'allow_withdrawals', 'refetch'] },
  'problem-rows': { fields: ['*'], but: ['行號'] },
  'corrected-files': { fields: 'whole' },
} as const satisfies EditableSources;

/** Served by `read-api`. */
export const readRoutes = [
  'GET /apiv1/deals',
  'GET /apiv1/deals/{id}',
  'GET /apiv1/deal-statistics',
  'GET /apiv1/deal-statistics/new-projects',
  'GET /presale/runs',
  'GET /presale/runs/{publication_date}',
  'GET /presale/problems',
  'GET /presale/problems/{id}',
  'GET /presale/corrections',
] as const;

/** Served by `start-run`. */
export const startRoutes = ['POST /presale/runs'] as const;

/** Served by `backfill-seasons`. */
export const backfillRoutes = ['POST /presale/backfills'] as const;

/** Served by `correct-problem`. */
export const correctRoutes = ['PUT /presale/problems/{id}'] as const;

/** Where corrected files are dropped: `presale/corrected/{publication date}/{letter}.json`. */
export const correctedPrefix = 'presale/corrected/';

/** EventBridge's word for an object that has come into a bucket. */
export const correctedFileEvent = z.object({
  detail: z.object({ object: z.object({ key: text, etag: text }) }),
});

/** Body of `PUT /presale/problems/{id}`: the changed cells by their Chinese column names. */
export const correctionRequest = z.strictObject({
  cells: z
    .record(z.string(), z.string('Not a valid string.').max(10_000))
    .refine((cells) => Object.keys(cells).length > 0, 'Shorter than minimum length 1.')
    .meta({ minProperties: 1, examples: [{ 總價元: '12500000' }] }),
  who: textParameter({ min: 1, max: 100 }).optional(),
});

/** `111S3`: ROC year and quarter. */
const season = z
  .string()
  .regex(/^\d{2,3}S[1-4]$/, 'Not a valid season, such as 111S3.')
  .meta({ examples: ['111S3'] });

// What the pipe below lets through, in the words of JSON Schema.
const countyLetterList = {
  type: ['array', 'null'],
  minItems: 1,
  maxItems: countyLetters.length,
  items: { type: 'string', enum: countyLetters },
};

/** What a run is asked for: a publication or a season, one of them. */
const runRequestFields = {
  publication_date: dateParameter()
    .nullish()
    .meta({ description: 'Days 1, 11 and 21 of a month.', examples: ['2022-09-11'] }),
  season: season.nullish(),
  // Counted before they are read: a reason for each of a million wrong ones is no answer.
  counties: z
    .array(z.unknown(), 'Not a valid list.')
    .min(1, 'Shorter than minimum length 1.')
    .max(countyLetters.length, `Longer than maximum length ${countyLetters.length}.`)
    .pipe(z.array(county))
    .nullish()
    .meta({ written: countyLetterList, description: 'Letters of the counties; all where none is named.' }),
  allow_withdrawals: z
    .boolean('Not a valid boolean.')
    .nullish()
    .describe('For a season whose file lacks more than a tenth of its known deals: it is right, they are withdrawn.'),
  refetch: z
    .boolean('Not a valid boolean.')
    .nullish()
    .describe('The backups are wrong: the site is asked again, where it still has the files.'),
};

const knownRunRequest = z.object(runRequestFields);

/** Body of `POST /presale/backfills`: the seasons from one to another and with it. */
export const seasonRange = z
  .object({
    from: season,
    to: season,
    counties: runRequestFields.counties,
    again: z.boolean('Not a valid boolean.').default(false).describe('Also seasons that have run.'),
    dry_run: z.boolean('Not a valid boolean.').default(false).describe('Only estimates.'),
  })
  .catchall(z.undefined('Unknown field.'));

export type SeasonRange = z.output<typeof seasonRange>;

/** Body of `POST /presale/runs`. */
export const runRequest = knownRunRequest.catchall(z.undefined('Unknown field.'));

/** `run_id` is the execution's name. */
export const planRunInput = z.object({ run_id: text, ...runRequestFields });

/** What every later state works from. `name` is the publication date, or the season. */
export const runPlan = z.object({
  run_id: text,
  name: text,
  publication_date: z.iso.date(),
  season: season.nullable(),
  counties: z.array(county).min(1),
  /** No counties were named: these are all there are. */
  whole: z.boolean().optional(),
  retry_seconds: z.int().positive(),
  max_attempts: z.int().positive(),
  allow_withdrawals: z.boolean().optional(),
  refetch: z.boolean().optional(),
});
export const planRunOutput = runPlan;

export const checkPublicationInput = runPlan;
export const checkPublicationOutput = z.object({ state: z.enum(['out', 'not-yet', 'replaced']), reason: z.string() });

/** A raw file that is safe in the bucket. */
export const backedUp = z.object({
  county,
  state: z.literal('backed-up'),
  source_key: text,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: count,
  fetch_ms: milliseconds,
});
const empty = z.object({ county, state: z.literal('empty') });
const unchanged = z.object({ county, state: z.literal('unchanged'), reason: z.string() });
/** The site shows a newer publication by now, and there is no backup of this one. */
const gone = z.object({ county, state: z.literal('gone'), reason: z.string() });
const loaded = z.object({
  county,
  state: z.literal('loaded'),
  rows_read: count,
  good: count,
  problems: count,
  /** Rows that repeat an earlier row of the same file, letter for letter: read = good + problems + duplicates. */
  duplicates: count,
  inserted: count,
  updated: count,
  unchanged: count,
  kept_newer: count,
  /** Deals of the season that its file no longer holds. */
  withdrawn: count,
  load_ms: milliseconds,
});
const failed = z.object({ county, state: z.literal('failed'), error: z.string(), reason: z.string() });

/** `replaced`: the site's files are no longer those of the plan's publication; only backups may be taken. */
export const fetchCountyInput = z.object({ plan: runPlan, county, site: z.enum(['current', 'replaced']) });
export const fetchCountyOutput = z.discriminatedUnion('state', [backedUp, empty, unchanged, gone]);

export const loadCountyInput = z.object({ plan: runPlan, county, backup: backedUp });
export const loadCountyOutput = loaded;

/** What became of a county in one round of the run. */
export const countyOutcome = z.discriminatedUnion('state', [empty, unchanged, gone, loaded, failed]);

export const checkRunInput = z.object({
  plan: runPlan,
  outcomes: z.array(countyOutcome),
  attempt: z.int().positive(),
  /** Why the statistics of what was loaded could not be refreshed; null when they are. */
  statistics: z.string().nullish(),
  /** ARN of the state machine: where a replay of a county that failed goes in. */
  machine: text.optional(),
});
export const checkRunOutput = z.object({
  /** `failed`: trying again can't help. */
  state: z.enum(['complete', 'incomplete', 'failed']),
  pending: z.array(county),
  reasons: z.partialRecord(county, z.string()),
  /** Why it isn't complete, in a sentence; '' when it is. */
  reason: z.string(),
});

/** All that the step wants of a plan; a task that asks for it has no more. A round that loaded nothing names no county. */
export const refreshStatisticsInput = z.object({ plan: z.object({ counties: z.array(county) }) });
export const refreshStatisticsOutput = z.object({ groups: count, new_project_groups: count });

export const writeReportInput = z.object({
  plan: runPlan,
  attempt: z.int().positive(),
  /** ARN of the execution: those of the same run that gave up before it are put right. */
  execution: text.optional(),
});

/** A mail for the mail queue. */
export const reportMail = z.object({ subject: z.string().min(1).max(500), text: z.string(), html: z.string() });
export const writeReportOutput = reportMail;

/** Whatever is known when a run ends badly: the plan may be missing, when planning itself failed. */
export const closeRunInput = z.object({
  run_id: text,
  plan: runPlan.nullish(),
  attempt: z.int().positive().nullish(),
  /** Why each pending county isn't in. */
  reasons: z.partialRecord(county, z.string()).nullish(),
  /** The error's name and cause where a state failed, or what the update check said last. */
  error: z.string().nullish(),
  cause: z.string().nullish(),
});
export const closeRunOutput = reportMail;

export type RunRequest = z.output<typeof knownRunRequest>;
export type RunPlan = z.output<typeof runPlan>;
export type BackedUp = z.output<typeof backedUp>;
export type FetchOutcome = z.output<typeof fetchCountyOutput>;
export type LoadedCounty = z.output<typeof loaded>;
export type CountyOutcome = z.output<typeof countyOutcome>;
export type ReportMail = z.output<typeof reportMail>;
