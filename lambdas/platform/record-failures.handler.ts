import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { recordHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { recordFailuresEnv } from './contract.ts';
import { failureFrom } from './failures/dead-letter.ts';
import { failureRecorder } from './failures/recorder-store.ts';

/** Drains every dead end of the stack into the ledger. A record is gone from its queue only after its row is durable. */
export const handler = recordHandler({
  env: recordFailuresEnv,
  services: (env) => ({
    record: failureRecorder(openDatabase({ url: env.DATABASE_URL }), objectStore(env.FAILURES_BUCKET)),
    edges: env.FAILURE_EDGES,
  }),
  async handle(letter, { record, edges }) {
    if ((await record(failureFrom(letter, edges))) === 'new') count('FailuresRecorded');
  },
});
