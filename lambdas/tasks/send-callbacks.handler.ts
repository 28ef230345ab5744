import { queue } from '#adapters/queue.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { callbackMessage, sendCallbacksEnv } from './contract.ts';
import { impatient, orSlowly } from './steps/impatience.ts';
import { noteDelivery } from './steps/note-delivery.ts';
import { sendCallback } from './steps/send-callback.ts';
import { callbackPorts } from './stores/callback-http.ts';

/** Tells callers what came of their tasks, those that answer soon. Outside of the VPC, where the internet is. */
export const handler = queueHandler({
  env: sendCallbacksEnv,
  message: callbackMessage,
  ledger: sendFailures,
  services: (env) => {
    const ports = callbackPorts(env);
    return { ...ports, post: impatient(ports.post, ports.clock), slowly: queue(env.SLOW_CALLBACKS_QUEUE_URL) };
  },
  handle: (message, ports) =>
    orSlowly(
      () => noteDelivery(message.task_id, () => sendCallback(message, ports), ports),
      () => ports.slowly({ task_id: message.task_id }),
    ),
});
