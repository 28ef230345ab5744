import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { callbackMessage, sendSlowCallbacksEnv } from './contract.ts';
import { noteDelivery } from './steps/note-delivery.ts';
import { sendCallback } from './steps/send-callback.ts';
import { callbackPorts } from './stores/callback-http.ts';

/** Tells callers that gave no answer to a first try; they wait only for one another. */
export const handler = queueHandler({
  env: sendSlowCallbacksEnv,
  message: callbackMessage,
  ledger: sendFailures,
  services: callbackPorts,
  handle: (message, ports) => noteDelivery(message.task_id, () => sendCallback(message, ports), ports),
});
