import { openDatabase } from '#adapters/database.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { makeVectorsEnv, makeVectorsMessage } from './contract.ts';
import { makeVectors } from './vectors/make-vectors.ts';
import { embedHashed } from './vectors/text-vector.ts';
import { vectorStore } from './vectors/vector-store.ts';
import { vectorsQueue } from './vectors/vectors-queue.ts';

/** Makes the vectors and neighbours of items that have just come, scenario by scenario. */
export const handler = queueHandler({
  env: makeVectorsEnv,
  message: makeVectorsMessage,
  ledger: sendFailures,
  services: (env) => ({
    store: vectorStore(openDatabase({ url: env.DATABASE_URL })),
    embed: embedHashed,
    wake: vectorsQueue(env.VECTORS_QUEUE_URL),
  }),
  handle: async (scenario, ports) => count('VectorsMade', await makeVectors(scenario, ports)),
});
