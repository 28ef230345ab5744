import { type OrderedMessage, orderedQueue } from './ordered-queue.ts';

/**
 * Puts messages into a FIFO queue with a delay, once for whatever asks for the same within half of it: the message is still
 * asleep then when what a later call tells of is committed.
 */
export function gatheredQueue(url: string, delayMs: number): (messages: readonly OrderedMessage[]) => Promise<void> {
  const send = orderedQueue(url);
  return async (messages) => {
    const slot = Math.floor(Date.now() / (delayMs / 2));
    const once = new Map(messages.map((message) => [message.id, message]));
    await send([...once.values()].map((message) => ({ ...message, id: `${message.id}-${slot}` })));
  };
}
