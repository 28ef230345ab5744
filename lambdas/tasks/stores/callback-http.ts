import type * as z from 'zod';
import { systemClock } from '#adapters/clock.ts';
import { objectStore } from '#adapters/object-store.ts';
import { jsonPoster } from '#adapters/public-http/post-json.ts';
import { queue } from '#adapters/queue.ts';
import { signingKeys } from '#adapters/secrets.ts';
import type { sendSlowCallbacksEnv } from '../contract.ts';
import type { NoteDeliveryPorts } from '../steps/note-delivery.ts';
import type { SendCallbackPorts } from '../steps/send-callback.ts';

/** What both senders of callbacks work with. */
export function callbackPorts(env: z.output<typeof sendSlowCallbacksEnv>): SendCallbackPorts & NoteDeliveryPorts {
  return {
    post: jsonPoster({ timeoutMs: env.CALLBACK_TIMEOUT_MS, allowed: env.PAGE_ALLOWED }),
    readText: objectStore(env.RAW_BUCKET).readText,
    keys: async () => (await signingKeys(env.CALLBACKS_SECRET)).accepted,
    tell: queue(env.TASKS_QUEUE_URL),
    clock: systemClock,
  };
}
