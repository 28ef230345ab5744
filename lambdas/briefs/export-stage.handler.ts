import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { queue } from '#adapters/queue.ts';
import { signingKeys } from '#adapters/secrets.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { exportStageEnv, exportStageMessage } from './contract.ts';
import { exportStage } from './export/export-stage.ts';
import { exportStore } from './export/export-store.ts';
import { inFolder } from './export/in-folder.ts';
import { wordFilter } from './export/words/content-words.ts';
import { mailStore } from './mails/mail-store.ts';
import { tellEnd } from './mails/tell-end.ts';

/** Makes the files of a stage whose tasks have ended, or whose files are wanted anew. */
export const handler = queueHandler({
  env: exportStageEnv,
  message: exportStageMessage,
  ledger: sendFailures,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    const bucket = objectStore(env.RAW_BUCKET);
    const send = queue(env.MAIL_QUEUE_URL);
    const links = {
      key: async () => (await signingKeys(env.LINKS_SECRET)).signing,
      api: env.API_URL,
      days: env.FILES_KEEP_DAYS,
    };
    return {
      ...exportStore(database),
      counts: wordFilter(env.STOP_WORDS),
      keep: (key: string, bytes: AsyncIterable<Uint8Array>, contentType: string) =>
        bucket.upload(key, bytes, { contentType }),
      tell: (stage: string) => tellEnd(stage, { ...mailStore(database), send, links, clock: systemClock }),
      inFolder,
    };
  },
  handle: exportStage,
});
