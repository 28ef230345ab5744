import { admitByDatabase } from '#adapters/callers/admit-by-database.ts';
import { limitOf } from '#adapters/callers/limit.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { admission, admissionAnswer, admitCallerEnv } from '../contract.ts';

/** Counts a request for functions that have no database. */
export const handler = stepHandler({
  env: admitCallerEnv,
  input: admission,
  output: admissionAnswer,
  services: (env) => admitByDatabase(apiDatabase(env.DATABASE_URL), limitOf(env)),
  handle: async ({ credential, pair }, admit) => ({ verdict: await admit({ credential, pair }) }),
});
