import { systemClock } from '#adapters/clock.ts';
import { objectStore } from '#adapters/object-store.ts';
import { jsonPoster } from '#adapters/public-http/post-json.ts';
import { queue } from '#adapters/queue.ts';
import { secretField } from '#adapters/secrets.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { callbackMessage, sendCallbacksEnv } from './contract.ts';
import { noteDelivery } from './steps/note-delivery.ts';
import { sendCallback } from './steps/send-callback.ts';

/** Tells callers what came of their tasks. Outside of the VPC, where the internet is. */
export const handler = queueHandler({
  env: sendCallbacksEnv,
  message: callbackMessage,
  ledger: sendFailures,
  services: (env) => ({
    post: jsonPoster({ timeoutMs: env.CALLBACK_TIMEOUT_MS, allowed: env.PAGE_ALLOWED }),
    readText: objectStore(env.RAW_BUCKET).readText,
    key: () => secretField(env.CALLBACKS_SECRET, 'key'),
    tell: queue(env.TASKS_QUEUE_URL),
    clock: systemClock,
  }),
  handle: (message, ports) => noteDelivery(message.task_id, () => sendCallback(message, ports), ports),
});
