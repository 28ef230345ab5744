import { openDatabase } from '#adapters/database.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { recordSlotsEnv, slotStart } from '../contract.ts';
import { slotBook } from './slot-store.ts';

/** Where scheduled handlers tell that a slot's work was started, and which run it is. */
export const handler = queueHandler({
  env: recordSlotsEnv,
  message: slotStart,
  ledger: sendFailures,
  services: (env) => slotBook(openDatabase({ url: env.DATABASE_URL })),
  handle: (start, slots) => slots.record(start),
});
