import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { queue } from '#adapters/queue.ts';
import { signingKeys } from '#adapters/secrets.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { sweepMessage } from './collect/messages.ts';
import { sweepBriefs } from './collect/sweep-briefs.ts';
import { sweepBriefsEnv } from './contract.ts';
import { mailStore } from './mails/mail-store.ts';
import { tellSubmitted } from './mails/tell-end.ts';
import { sweepPorts } from './stores/retention-store.ts';

/** Looks after calls, articles and files that got lost, and runs again what a replay names. */
export const handler = queueHandler({
  env: sweepBriefsEnv,
  message: sweepMessage,
  ledger: sendFailures,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    const links = {
      key: async () => (await signingKeys(env.LINKS_SECRET)).signing,
      api: env.API_URL,
      days: env.FILES_KEEP_DAYS,
    };
    const telling = { ...mailStore(database), send: queue(env.MAIL_QUEUE_URL), links, clock: systemClock };
    return {
      ...sweepPorts(env, database, { bucket: objectStore(env.RAW_BUCKET), clock: systemClock }),
      tellSubmitted: (brief: string) => tellSubmitted(brief, telling),
      count,
    };
  },
  handle: sweepBriefs,
});
