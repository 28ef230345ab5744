import type { Queue } from './fauxqs.ts';

type Dequeue = Queue['dequeue'];

/**
 * Lets one receive take several messages of a group, in their order, as SQS does: fauxqs locks a group with its first
 * message, so that nothing of a FIFO queue ever came as a batch. Messages that come back stand where they stood.
 */
export function receiveGroupsWhole(queue: Queue): void {
  if (!queue.isFifo()) return;
  const dequeue = queue.dequeue.bind(queue);
  const processTimers = queue.processTimers.bind(queue);
  queue.dequeue = (...[most, visibilityTimeout, resolver]: Parameters<Dequeue>) => {
    // Due messages come back before their order is put right.
    processTimers();
    // What this receive takes isn't due again before its answer, however short it is hidden.
    queue.processTimers = () => undefined;
    for (const waiting of queue.fifoMessages.values()) waiting.sort(inOrder);
    const taken: ReturnType<Dequeue> = [];
    const ours = new Map<string, number>();
    try {
      while (taken.length < most) {
        for (const group of ours.keys()) queue.fifoLockedGroups.delete(group);
        const next = dequeue(1, visibilityTimeout, resolver);
        for (const { ReceiptHandle } of next) {
          const group = queue.inflightMessages.get(ReceiptHandle)?.message.messageGroupId ?? '';
          ours.set(group, (ours.get(group) ?? 0) + 1);
        }
        for (const [group, count] of ours) queue.fifoLockedGroups.set(group, count);
        if (next.length === 0) break;
        taken.push(...next);
      }
    } finally {
      queue.processTimers = processTimers;
    }
    return taken;
  };
}

/** Sequence numbers are of one length, hence in the order of text. */
function inOrder(one: { sequenceNumber?: string | undefined }, other: { sequenceNumber?: string | undefined }): number {
  const [left = '', right = ''] = [one.sequenceNumber, other.sequenceNumber];
  return left < right ? -1 : left > right ? 1 : 0;
}
