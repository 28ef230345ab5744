import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { wakeAlerts } from '#record/alert-book.ts';
import { checkRunEnv, checkRunInput, checkRunOutput } from './contract.ts';
import type { CountyFailure } from './ports.ts';
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
    const failures = countyFailures(database);
    const wake = wakeAlerts(env.ALERTS_QUEUE_URL);
    return {
      runs: runStore(database),
      raw: objectStore(env.RAW_BUCKET),
      failures: {
        ...failures,
        async keepRound(round: Parameters<typeof failures.keepRound>[0], failed: readonly CountyFailure[]) {
          await failures.keepRound(round, failed);
          if (failed.length > 0) await wake(['presale']);
        },
      },
    };
  },
  handle: checkRun,
});
