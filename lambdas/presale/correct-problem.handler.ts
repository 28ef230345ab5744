import { authenticateCallers } from '#adapters/callers.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { correctProblemEnv } from './contract.ts';
import { correctApi } from './corrections/correct-problem.ts';
import { dealsQueue, withDealFiles } from './parquet/deals-queue.ts';
import { correctionStore } from './stores/correction-store.ts';
import { problemReader } from './stores/problem-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** A person's door: corrects one problem row. */
export const handler = apiHandler({
  env: correctProblemEnv,
  authenticate: authenticateCallers,
  services: (env) => {
    const database = apiDatabase<PresaleTables>(env.DATABASE_URL);
    return {
      corrections: withDealFiles(correctionStore(database, env.RAW_BUCKET), dealsQueue(env)),
      problems: problemReader(database),
      raw: objectStore(env.RAW_BUCKET),
    };
  },
  routes: correctApi,
});
