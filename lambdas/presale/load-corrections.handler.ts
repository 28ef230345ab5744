import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { replayedBy } from '#adapters/objects/replayed-by.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { wakeAlerts } from '#record/alert-book.ts';
import { recordFailures } from '#record/failure-ledger.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { correctedFileEvent, loadCorrectionsEnv } from './contract.ts';
import { loadCorrections } from './corrections/load-corrections.ts';
import { dealsQueue, withDealFiles } from './parquet/deals-queue.ts';
import { correctionStore } from './stores/correction-store.ts';
import { problemReader } from './stores/problem-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** The door of corrected files: what lies in presale/corrected is loaded row by row. */
export const handler = queueHandler({
  env: loadCorrectionsEnv,
  message: correctedFileEvent,
  ledger: sendFailures,
  services: (env) => {
    const database = openDatabase<PresaleTables>({ url: env.DATABASE_URL });
    const raw = objectStore(env.RAW_BUCKET);
    const wake = wakeAlerts(env.ALERTS_QUEUE_URL);
    return {
      corrections: withDealFiles(correctionStore(database, env.RAW_BUCKET), dealsQueue(env)),
      problems: problemReader(database),
      raw,
      bucket: env.RAW_BUCKET,
      replayedBy: replayedBy(env.RAW_BUCKET),
      async record(failure: NewFailure) {
        await recordFailures(database.query, [failure], raw);
        await wake(['presale']);
      },
    };
  },
  handle: loadCorrections,
});
