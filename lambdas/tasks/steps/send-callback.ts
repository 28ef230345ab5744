import { createHmac } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import { readJsonAs } from '#kit/text/json.ts';
import { callbacksPrefix, composedCallback } from '../contract.ts';

export interface SendCallbackPorts {
  /** Throws NotFoundError where nothing is. */
  readonly readText: (key: string) => Promise<string>;
  readonly post: (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<void>;
  /** What signs; whoever is called back holds it too. */
  readonly key: () => Promise<string>;
  readonly clock: Clock;
}

/**
 * Posts what the stack composed when the task ended, signed: `millrace-signature: t={epoch seconds},v1={hex of HMAC-SHA256 of "{t}.{body}"}`. It may come
 * twice; `millrace-task-id` says of which task.
 */
export async function sendCallback({ task_id }: { readonly task_id: string }, ports: SendCallbackPorts): Promise<void> {
  // One task has one spelling: what is asked for is what is looked up.
  const id = task_id.toLowerCase();
  const composed = await ports.readText(`${callbacksPrefix}/${id}.json`);
  const { url, body } = readJsonAs(composedCallback, composed, 'The callback');
  const time = Math.floor(ports.clock().getTime() / 1000);
  const signature = createHmac('sha256', await ports.key())
    .update(`${time}.${body}`)
    .digest('hex');
  await ports.post(url, body, { 'millrace-task-id': id, 'millrace-signature': `t=${time},v1=${signature}` });
}
