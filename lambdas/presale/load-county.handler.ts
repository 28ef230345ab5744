import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { loadCountyEnv, loadCountyInput, loadCountyOutput } from './contract.ts';
import { loadCounty } from './steps/load-county.ts';
import { driftStore } from './stores/drift-store.ts';
import { dealLoader } from './stores/load-store.ts';
import { problemReader } from './stores/problem-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** `Load`: one county's backup into the database, its problem rows into the bucket as well. */
export const handler = stepHandler({
  env: loadCountyEnv,
  input: loadCountyInput,
  output: loadCountyOutput,
  services: (env) => {
    const database = openDatabase<PresaleTables>({ url: env.DATABASE_URL });
    return {
      raw: objectStore(env.RAW_BUCKET),
      load: dealLoader(database, env.RAW_BUCKET),
      problems: problemReader(database),
      drift: driftStore(database),
    };
  },
  handle: loadCounty,
});
