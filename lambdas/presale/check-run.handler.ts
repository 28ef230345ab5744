import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { checkRunEnv, checkRunInput, checkRunOutput } from './contract.ts';
import { checkRun } from './steps/check-run.ts';
import { countyFailures } from './stores/ledger/county-failures-store.ts';
import { runStore } from './stores/run-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** `Is it loaded?` Counts what stands in the bucket and in the database. */
export const handler = stepHandler({
  env: checkRunEnv,
  input: checkRunInput,
  output: checkRunOutput,
  services: (env) => {
    const database = openDatabase<PresaleTables>({ url: env.DATABASE_URL });
    return { runs: runStore(database), failures: countyFailures(database), raw: objectStore(env.RAW_BUCKET) };
  },
  handle: checkRun,
});
