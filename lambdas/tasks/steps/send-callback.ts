import { createHmac } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import { readJsonAs } from '#kit/text/json.ts';
import { callbacksPrefix, composedCallback } from '../contract.ts';

export interface SendCallbackPorts {
  /** Throws NotFoundError where nothing is. */
  readonly readText: (key: string) => Promise<string>;
  readonly post: (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<void>;
  /** The keys that sign, more than one while they are rotated; the receiver holds one of them. */
  readonly keys: () => Promise<readonly string[]>;
  readonly clock: Clock;
}

/**
 * Posts what the stack composed when the task ended, signed: `millrace-signature: t={epoch seconds},v1={hex of HMAC-SHA256 of "{t}.{body}"}`,
 * with one more `,v1=` while the key is rotated: one that fits is enough. It may come twice; `millrace-task-id` says of which task.
 */
export async function sendCallback({ task_id }: { readonly task_id: string }, ports: SendCallbackPorts): Promise<void> {
  // One task has one spelling: what is asked for is what is looked up.
  const id = task_id.toLowerCase();
  const composed = await ports.readText(`${callbacksPrefix}/${id}.json`);
  const { url, body } = readJsonAs(composedCallback, composed, 'The callback');
  const time = Math.floor(ports.clock().getTime() / 1000);
  const signatures = (await ports.keys()).map((key) =>
    createHmac('sha256', key).update(`${time}.${body}`).digest('hex'),
  );
  const signed = [`t=${time}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
  await ports.post(url, body, { 'millrace-task-id': id, 'millrace-signature': signed });
}
