import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { recordHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { wakeAlerts, wakingWorkloads } from '#record/alert-book.ts';
import { recordFailuresEnv } from '../../contract.ts';
import { takeIn } from './intake-store.ts';

/** Drains every dead end of the stack into the ledger. A record is gone from its queue only after its row is durable. */
export const handler = recordHandler({
  env: recordFailuresEnv,
  ledger: undefined,
  services: (env) => ({
    database: openDatabase({ url: env.DATABASE_URL }),
    bucket: objectStore(env.RAW_BUCKET),
    wake: wakeAlerts(env.ALERTS_QUEUE_URL),
  }),
  async handle(letter, { database, bucket, wake }) {
    const { failures, added } = await takeIn(letter, database.query, bucket);
    if (added > 0) count('FailuresRecorded', added);
    // Also for known failures: the attempt that wrote them may have died before this.
    await wake(wakingWorkloads(failures));
  },
});
