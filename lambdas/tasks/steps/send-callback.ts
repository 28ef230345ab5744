import { createHmac } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import type { CallbackMessage } from '../contract.ts';

export interface SendCallbackPorts {
  readonly post: (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<void>;
  /** What signs; whoever is called back holds it too. */
  readonly key: () => Promise<string>;
  readonly clock: Clock;
}

/**
 * Posts one answer, signed: `millrace-signature: t={epoch seconds},v1={hex of HMAC-SHA256 of "{t}.{body}"}`. It may come
 * twice; `millrace-task-id` says of which task.
 */
export async function sendCallback({ task_id, url, body }: CallbackMessage, ports: SendCallbackPorts): Promise<void> {
  const time = Math.floor(ports.clock().getTime() / 1000);
  const signature = createHmac('sha256', await ports.key())
    .update(`${time}.${body}`)
    .digest('hex');
  await ports.post(url, body, { 'millrace-task-id': task_id, 'millrace-signature': `t=${time},v1=${signature}` });
}
