import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { secretField } from '#adapters/secrets.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { correctProblemEnv } from './contract.ts';
import { correctApi } from './corrections/correct-problem.ts';
import { correctionStore } from './stores/correction-store.ts';
import { problemReader } from './stores/problem-store.ts';
import type { PresaleTables } from './stores/tables.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

/** A person's door: corrects one problem row. */
export const handler = apiHandler({
  env: correctProblemEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services: (env) => {
    const database = openDatabase<PresaleTables>({ url: env.DATABASE_URL, connectTimeoutMs });
    return {
      corrections: correctionStore(database, env.RAW_BUCKET),
      problems: problemReader(database),
      raw: objectStore(env.RAW_BUCKET),
    };
  },
  routes: correctApi,
});
