import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#adapters/clock.ts';
import { oneExchange } from '#adapters/http/one-exchange.ts';
import { objectStore } from '#adapters/object-store.ts';
import { groupedQueue } from '#adapters/queues/grouped-queue.ts';
import { secretText } from '#adapters/secrets.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { callPlatform } from './collect/call-platform.ts';
import { credentialIn } from './collect/credentials.ts';
import { callsMessage } from './collect/messages.ts';
import { callPlatformEnv } from './contract.ts';

/** Asks a platform, outside of the VPC, and keeps what it answers. */
export const handler = queueHandler({
  env: callPlatformEnv,
  message: callsMessage,
  ledger: sendFailures,
  services: (env) => {
    const bucket = objectStore(env.RAW_BUCKET);
    return {
      settings: env.BRIEFS_PLATFORMS,
      credentialOf: async (...of: [Parameters<typeof credentialIn>[1], Parameters<typeof credentialIn>[2]]) =>
        credentialIn(await secretText(env.BRIEFS_SECRET), ...of),
      exchange: oneExchange({ timeoutMs: env.CALL_TIMEOUT_MS, maxBytes: env.CALL_MAX_BYTES }),
      claim: (key: string) => bucket.putNew(key, ''),
      keep: (key: string, text: string, contentType: string) => bucket.put(key, text, { contentType }),
      sendOn: groupedQueue(env.ANSWERS_QUEUE_URL),
      clock: systemClock,
      sleep,
    };
  },
  handle: callPlatform,
});
