import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import type { EditableSources } from '#kit/ledger/editable.ts';
import { kafkaEnv } from '#kit/stream/env.ts';

/** What the stack and the handlers of the recommender agree on. Imported by both; does no work. */

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

/** Served by `recommender/api`: each room's own routes, in its order. */
export const itemRoutes = [
  'POST /api/v1/items',
  'GET /api/v1/items',
  'POST /api/v1/items/batch',
  'GET /api/v1/items/search',
  'GET /api/v1/items/{scenario_id}/{item_id}',
  'PUT /api/v1/items/{scenario_id}/{item_id}',
  'DELETE /api/v1/items/{scenario_id}/{item_id}',
] as const;

export const erasureRoutes = ['DELETE /api/v1/users/{user_id}'] as const;

export const recommenderRoutes = [...itemRoutes, ...erasureRoutes] as const;

export const trackEnv = z.object({ ...callerEnv, ...kafkaEnv });

export const recommenderApiEnv = z.object({
  ...callerEnv,
  DATABASE_URL: text,
  RAW_BUCKET: text,
  VECTORS_QUEUE_URL: z.url(),
  FILES_QUEUE_URL: z.url(),
  ERASURE_SECRET: text,
});

export const ingestItemsEnv = z.object({
  ...kafkaEnv,
  DATABASE_URL: text,
  VECTORS_QUEUE_URL: z.url(),
  RAW_BUCKET: text,
  FAILURES_QUEUE_URL: z.url(),
});

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

/** Asks for the file of a tenant's day, or for all of its files without those who were erased. */
export const writeFileMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('day'), tenant_id: text, day: z.iso.date() }),
  z.object({ kind: z.literal('erasure'), tenant_id: text }),
]);
export const writeFilesEnv = z.object({ DATABASE_URL: text, RAW_BUCKET: text, ERASURE_SECRET: text });

/** `recommender/behaviors/tenant=.../day=2026-11-30/behaviors.parquet`: one file for each tenant and day. */
export const behaviorFiles = 'recommender/behaviors';

export const makeVectorsMessage = z.object({ tenant_id: text, scenario_id: text });
export const makeVectorsEnv = z.object({ DATABASE_URL: text, VECTORS_QUEUE_URL: z.url() });
