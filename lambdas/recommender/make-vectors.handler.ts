import { openDatabase } from '#adapters/database.ts';
import { bedrockEmbedder } from '#adapters/embedding/bedrock.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { embeddingModel, makeVectorsEnv, makeVectorsMessage } from './contract.ts';
import { batchesOfModel, embedOneByOne } from './vectors/embed-one-by-one.ts';
import { makeVectors } from './vectors/make-vectors.ts';
import { embedHashed, vectorLength } from './vectors/text-vector.ts';
import { vectorStore } from './vectors/vector-store.ts';
import { vectorsQueue } from './vectors/vectors-queue.ts';

/** Makes the vectors and neighbours of items that have just come, scenario by scenario. */
export const handler = queueHandler({
  env: makeVectorsEnv,
  message: makeVectorsMessage,
  ledger: sendFailures,
  services: (env) => {
    const byModel = env.TEXT_VECTORS === 'bedrock';
    return {
      store: vectorStore(openDatabase({ url: env.DATABASE_URL }), byModel ? embeddingModel : undefined),
      embed: byModel ? embedOneByOne(bedrockEmbedder({ id: embeddingModel, length: vectorLength })) : embedHashed,
      ...(byModel ? { batches: batchesOfModel } : {}),
      wake: vectorsQueue(env.VECTORS_QUEUE_URL),
    };
  },
  handle: async (scenario, ports) => count('VectorsMade', await makeVectors(scenario, ports)),
});
