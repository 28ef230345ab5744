import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { secretField } from '#adapters/secrets.ts';
import { stateMachine } from '#adapters/state-machine.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { recommenderEnvelope } from './api/envelope.ts';
import { recommenderApi } from './api/routes.ts';
import { recommenderApiEnv } from './contract.ts';
import { userErasure } from './erasure/erase-user-store.ts';
import { experimentBook } from './experiments/experiment-store.ts';
import { erasureQueue } from './files/files-queue.ts';
import { itemView } from './items/item-view-store.ts';
import { hotFromOf } from './metrics/hot-days.ts';
import type { RecommenderApiPorts } from './ports.ts';
import { modelBook } from './registry/model-store.ts';
import { servedModels } from './registry/served-models.ts';
import { trainingRun } from './registry/training-runs.ts';
import { servingParts } from './serving/compose.ts';

/** The recommender over HTTP, but for behaviour, which is taken without the database. */
export const handler = apiHandler({
  env: recommenderApiEnv,
  authenticate: (env) => authenticateCallers(env),
  services: (env): RecommenderApiPorts => {
    const database = apiDatabase<unknown>(env.DATABASE_URL);
    const key = () => secretField(env.ERASURE_SECRET, 'key');
    const machine = stateMachine(env.TRAINING_STATE_MACHINE);
    return {
      clock: systemClock,
      items: itemView(database, { vectorsUrl: env.VECTORS_QUEUE_URL, clock: systemClock }),
      erasure: userErasure(database, { key, eraseFiles: erasureQueue(env.FILES_QUEUE_URL) }),
      models: modelBook(database),
      startTraining: async (key, at) => {
        const { name, input } = trainingRun(key, at);
        return machine.start(name, input);
      },
      experiments: experimentBook(database),
      hotFrom: () => hotFromOf(systemClock(), env.HOT_DAYS),
      ...servingParts(database, systemClock, servedModels(database, env.RAW_BUCKET)),
    };
  },
  routes: recommenderApi,
  envelope: recommenderEnvelope,
});
