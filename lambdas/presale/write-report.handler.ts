import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { count } from '#kit/telemetry.ts';
import { wakeAlerts } from '#record/alert-book.ts';
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
    return {
      runs: runStore(database),
      drift: driftStore(database),
      failures: countyFailures(database),
      wake: wakeAlerts(env.ALERTS_QUEUE_URL),
      bucket: env.RAW_BUCKET,
      api: env.ALERT_API_URL || undefined,
      count,
    };
  },
  handle: writeReport,
});
