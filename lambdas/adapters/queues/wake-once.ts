import { orderedQueue } from './ordered-queue.ts';

/** Wakes what sleeps behind a queue; resolves when SQS has it. Call it after the commit of what is to be seen then. */
export type WakeOnce = (names: Iterable<string>) => Promise<void>;

export interface WakeOptions {
  /**
   * Calls within one slot of this length are one message. Well below the queue's delay: the message is still asleep then
   * when what a later call tells of is committed.
   */
  readonly slotMs: number;
  /** The message that the woken function reads. */
  readonly message: (name: string) => unknown;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/**
 * Wakes by a FIFO queue with a delay: once for each name and slot of time, however often and by how many functions it is
 * asked for.
 */
export function wakeOnce(queueUrl: string, { slotMs, message, now = Date.now }: WakeOptions): WakeOnce {
  const send = orderedQueue(queueUrl);
  // What SQS would drop needs no request.
  const sent = new Map<string, number>();
  return async (names) => {
    const slot = Math.floor(now() / slotMs);
    const sleeping = [...new Set(names)].filter((name) => sent.get(name) !== slot);
    if (sleeping.length === 0) return;
    await send(sleeping.map((name) => ({ message: message(name), group: name, id: `${name}-${slot}` })));
    for (const name of sleeping) sent.set(name, slot);
  };
}
