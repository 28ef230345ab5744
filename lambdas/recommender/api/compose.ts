import type * as z from 'zod';
import type { Clock } from '#kit/clock.ts';
import type { recommenderApiEnv } from '../contract.ts';
import { userErasure } from '../erasure/erase-user-store.ts';
import { experimentBook } from '../experiments/experiment-store.ts';
import { erasureQueue } from '../files/files-queue.ts';
import { itemView } from '../items/item-view-store.ts';
import { hotFromOf } from '../metrics/hot-days.ts';
import type { RecommenderApiPorts } from '../ports.ts';
import { modelBook } from '../registry/model-store.ts';
import { modelFiles } from '../registry/models-bucket.ts';
import { readModel } from '../registry/read-model.ts';
import { servedModels } from '../registry/served-models.ts';
import { servingParts } from '../serving/compose.ts';

type Opened = Parameters<typeof itemView>[0] & Parameters<typeof userErasure>[0] & Parameters<typeof servedModels>[0];

/** What the door opens. */
export interface Opening {
  readonly database: Opened;
  /** Of the hashes of erased users. */
  readonly key: () => Promise<string>;
  readonly clock: Clock;
}

/** What the routes of the recommender are answered with. */
export function apiPorts(
  env: z.output<typeof recommenderApiEnv>,
  { database, key, clock }: Opening,
): RecommenderApiPorts {
  return {
    clock,
    items: itemView(database, { vectorsUrl: env.VECTORS_QUEUE_URL, clock }),
    models: modelBook(database),
    readModel: readModel(modelFiles(env.RAW_BUCKET)),
    experiments: experimentBook(database),
    hotFrom: () => hotFromOf(clock(), env.HOT_DAYS),
    ...servingParts(database, { clock, key, model: servedModels(database, env.RAW_BUCKET) }),
    erasure: userErasure(database, { key, eraseFiles: erasureQueue(env.FILES_QUEUE_URL) }),
  };
}
