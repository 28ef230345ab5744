import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import { noRoomAnswer } from '#kit/api/no-room.ts';
import type { EditableSources } from '#kit/ledger/editable.ts';
import { kafkaEnv } from '#kit/stream/env.ts';
import { recommenderEnvelope } from './api/envelope.ts';
import {
  erasureRoutes,
  experimentRoutes,
  itemRoutes,
  modelRoutes,
  scenarioRoutes,
  servingRoutes,
  trainingRoutes,
} from './api/rooms.ts';
import {
  behaviorColumns as behaviorFields,
  type FileColumns,
  segmentColumns as segmentFields,
} from './files/columns.ts';
import { dimensions, topFigures, trendDimensions } from './metrics/ports.ts';
import { modelKinds } from './models/model.ts';

/** What the stack and the handlers of the recommender agree on. Imported by both; does no work. */

export { cleanUpSchedule } from './cleanup/timetable.ts';
export { recommenderSchedules } from './schedules/timetable.ts';

/** Where behaviour goes, and where it is told what became of items. */
export const behaviorTopic = 'user-behaviors';
export const itemResultsTopic = 'items-ingest-results';

/** What people may edit of a failure's input before it goes back in: the message, never which record of which topic it is. */
export const editableInputs = {
  'ingest-items': { fields: ['records.*.*.value'] },
  'store-behaviors': { fields: ['records.*.*.value'] },
} as const satisfies EditableSources;

const text = z.string().min(1);

/** Served by `recommender/track`, which needs no database: behaviour is taken while it sleeps. */
export const trackRoutes = ['POST /api/v1/behaviors/track', 'POST /api/v1/behaviors/track/batch'] as const;

/** Served by `recommender/api`: the routes of each room. */
export const recommenderRoutes = [
  ...itemRoutes,
  ...erasureRoutes,
  ...scenarioRoutes,
  ...servingRoutes,
  ...modelRoutes,
  ...experimentRoutes,
] as const;

/** Served by `recommender/metrics-api`, outside of the network: Athena and Step Functions are reached from there alone. */
export const metricsRoutes = [
  'GET /api/v1/metrics',
  'GET /api/v1/metrics/funnel',
  'GET /api/v1/metrics/top-items',
  'GET /api/v1/metrics/trends',
  ...trainingRoutes,
] as const;

export const trackEnv = z.object({ ...callerEnv, ...kafkaEnv });

/** How long behaviour stays in the database. */
const HOT_DAYS = z.coerce.number().int().positive();

export const recommenderApiEnv = z.object({
  ...callerEnv,
  DATABASE_URL: text,
  RAW_BUCKET: text,
  VECTORS_QUEUE_URL: z.url(),
  FILES_QUEUE_URL: z.url(),
  ERASURE_SECRET: text,
  HOT_DAYS,
});

export const metricsApiEnv = z.object({
  ...callerEnv,
  ANALYTICS_DATABASE: text,
  ANALYTICS_WORK_GROUP: text,
  ANSWER_NUMBERS_FUNCTION: text,
  TRAINING_STATE_MACHINE: text,
});

const scope = z.object({
  tenant_id: text,
  from: z.iso.date(),
  to: z.iso.date(),
  scenario_id: text.optional(),
  strategy: text.optional(),
  experiment_id: text.optional(),
});

/** A question about behaviour, to the function that has the database. */
export const answerNumbersInput = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('figures'), scope, by: z.array(z.enum(dimensions)) }),
  z.object({ ask: z.literal('funnel'), scope }),
  z.object({ ask: z.literal('top-items'), scope, by: z.enum(topFigures), most: z.int().min(1).max(1000) }),
  z.object({ ask: z.literal('trends'), scope, dimension: z.enum(trendDimensions) }),
]);
export const answerNumbersOutput = z.object({
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))).optional(),
  active_items: z.int(),
  hot_from: z.iso.date(),
  kept_from: z.iso.date().nullable(),
});
export const answerNumbersEnv = z.object({ DATABASE_URL: text, HOT_DAYS });

export { folders as fileFolders } from './files/columns.ts';

const glueTypes = { text: 'string', integer: 'int', double: 'double', instant: 'timestamp' } as const;

const tableColumns = (columns: FileColumns): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.map(({ name, type }) => [name, glueTypes[type]]));

/** Columns of the tables over the files, with Glue's types; partitions are `tenant`, and of behaviour `day`. */
export const behaviorColumns = tableColumns(behaviorFields);
export const segmentColumns = tableColumns(segmentFields);

export const ingestItemsEnv = z.object({
  ...kafkaEnv,
  DATABASE_URL: text,
  VECTORS_QUEUE_URL: z.url(),
  RAW_BUCKET: text,
  FAILURES_QUEUE_URL: z.url(),
});

/** A schedule's door: it reads markers and starts, and never wakes the database. */
export const startScheduleEnv = z.object({ RAW_BUCKET: text, SCHEDULES_STATE_MACHINE: text, SLOTS_QUEUE_URL: z.url() });

export const trainScenarioEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  /** More acts of a scenario's month than that, and its factors are solved by Spark. */
  SPARK_ABOVE: z.coerce.number().int().positive(),
});
export const runScenarioEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  FILES_QUEUE_URL: z.url(),
  /** How long the queue of files waits. */
  FILES_DELAY_MS: z.coerce.number().int().positive(),
});

/** One scenario of one slot, as the state machine hands it on. */
export const runScenarioInput = z.object({
  schedule: text,
  scheduled_time: z.iso.datetime(),
  tenant: text,
  scenario: text,
  marker: text,
  /** The kind of model that was asked for, where it is a training. */
  kind: z.enum(modelKinds).nullish(),
});
/** The same of a training, whose factors a run of Spark may have solved. */
export const trainScenarioInput = runScenarioInput.extend({ job: z.uuid().nullish() });
/** What came of a scenario's training. */
export const trainScenarioOutput = z.object({
  counts: z.record(z.string(), z.number()),
  /** A run of Spark that is to solve the factors, before this is asked again. */
  job: z.uuid().nullable(),
});
/** Of such a run. */
export { sparkFolder, sparkParameters } from './spark/job.ts';
export const runScenarioOutput = z.object({ counts: z.record(z.string(), z.number()) });

export const storeBehaviorsEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  FAILURES_QUEUE_URL: z.url(),
  /** Keys the hashes of erased users. */
  ERASURE_SECRET: text,
  FILES_QUEUE_URL: z.url(),
  /** How long the queue of files waits. */
  FILES_DELAY_MS: z.coerce.number().int().positive(),
});

/** Asks for the file of a tenant's day, or for all of its files without those who were erased, or without what is past its retention. */
export const writeFileMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('day'), tenant_id: text, day: z.iso.date() }),
  z.object({ kind: z.literal('late'), tenant_id: text, day: z.iso.date() }),
  z.object({ kind: z.literal('segments'), tenant_id: text }),
  z.object({ kind: z.literal('retention'), tenant_id: text }),
  z.object({ kind: z.literal('erasure'), tenant_id: text }),
]);
export const writeFilesEnv = z.object({ DATABASE_URL: text, RAW_BUCKET: text, ERASURE_SECRET: text });

export const makeVectorsMessage = z.object({ tenant_id: text, scenario_id: text });
export const makeVectorsEnv = z.object({
  DATABASE_URL: text,
  VECTORS_QUEUE_URL: z.url(),
  /** What makes vectors of texts. */
  TEXT_VECTORS: z.enum(['hashed', 'bedrock']),
});
/** Of Bedrock, where it makes the vectors. */
export const embeddingModel = 'amazon.titan-embed-text-v2:0';

export const cleanUpEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  FILES_QUEUE_URL: z.url(),
  FILES_DELAY_MS: z.coerce.number().int().positive(),
  SLOTS_QUEUE_URL: z.url(),
  /** How long behaviour and answers stay in the database. */
  HOT_DAYS,
  /** How long the file of a model stays after it went offline. */
  MODEL_DAYS: z.coerce.number().int().positive(),
});

/** Where the bytes of models are. */
export const modelsFolder = 'recommender/models';

/** What those hear who find no place at routes of the recommender. */
export const noRoom = () => noRoomAnswer(recommenderEnvelope);
