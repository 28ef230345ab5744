import { wakeAlerts } from '#adapters/alert-book.ts';
import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { count } from '#kit/telemetry.ts';
import { writeReportEnv, writeReportInput, writeReportOutput } from './contract.ts';
import { writeReport } from './steps/write-report.ts';
import { driftStore } from './stores/drift-store.ts';
import { countyFailures } from './stores/ledger/county-failures-store.ts';
import { runStore } from './stores/run-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** `Write the report`: the mail of a verified run. */
export const handler = stepHandler({
  env: writeReportEnv,
  input: writeReportInput,
  output: writeReportOutput,
  services: (env) => {
    const database = openDatabase<PresaleTables>({ url: env.DATABASE_URL });
    const drift = driftStore(database);
    const wake = wakeAlerts(env.ALERTS_QUEUE_URL);
    return {
      runs: runStore(database),
      drift: {
        ...drift,
        async tell(...of: Parameters<typeof drift.tell>) {
          const told = await drift.tell(...of);
          if (told.sentences.length > 0) await wake(['presale']);
          return told;
        },
      },
      failures: countyFailures(database),
      bucket: env.RAW_BUCKET,
      count,
    };
  },
  handle: writeReport,
});
