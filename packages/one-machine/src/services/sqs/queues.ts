import type { OpenQueues, Queue } from './fauxqs.ts';
import { receiveGroupsWhole } from './groups.ts';
import { nameDeadLetters, type SystemAttributes } from './system-attributes.ts';

/** A queue as the template describes it. */
export interface QueueDescription {
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly maximumMessageBytes: number;
  readonly fifo: boolean;
  readonly deadLetter?: { readonly queue: string; readonly maxReceiveCount: number } | undefined;
}

/** How queues are named from outside. */
export interface QueueNames {
  url(name: string): string;
  arn(name: string): string;
}

/** Makes the queues of the template, gives those that exist their new settings and address, and releases messages. */
export function prepareQueues(
  open: OpenQueues & { readonly attributes: SystemAttributes },
  descriptions: readonly QueueDescription[],
  names: QueueNames,
): void {
  const { sqsStore } = open.stores;
  for (const description of descriptions) {
    const { name } = description;
    const attributes = attributesOf(description, names);
    const existing = sqsStore.getQueueByName(name);
    if (existing) existing.setAttributes({ RedrivePolicy: '', ...attributes });
    else sqsStore.createQueue(name, names.url(name), names.arn(name), attributes);
  }
  for (const queue of sqsStore.allQueues()) {
    // The port may be another one today.
    Object.assign(queue, { url: names.url(queue.name) });
    releaseInFlight(queue);
    nameDeadLetters(queue, open.attributes);
    receiveGroupsWhole(queue);
    moveDeadLettersWhole(queue, open);
  }
}

function attributesOf(description: QueueDescription, names: QueueNames): Record<string, string> {
  const { deadLetter } = description;
  const redrive = deadLetter && {
    deadLetterTargetArn: names.arn(deadLetter.queue),
    maxReceiveCount: deadLetter.maxReceiveCount,
  };
  return {
    VisibilityTimeout: String(description.visibilityTimeoutSeconds),
    DelaySeconds: String(description.delaySeconds),
    MessageRetentionPeriod: String(description.retentionSeconds),
    MaximumMessageSize: String(description.maximumMessageBytes),
    ...(description.fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'false' } : {}),
    ...(redrive ? { RedrivePolicy: JSON.stringify(redrive) } : {}),
  };
}

/**
 * All consumers that had a message died with the last process, so the visibility timeout needs no waiting for; and that
 * receive doesn't count: a machine that is switched off says nothing about the message, and AWS has no such moment. (A
 * message that ends its function, which is a process of its own, leaves the queues running: its tries do count.)
 */
function releaseInFlight(queue: Queue): void {
  for (const entry of queue.inflightMessages.values()) {
    const { message } = entry;
    entry.visibilityDeadline = 0;
    message.approximateReceiveCount -= 1;
    queue.persistence?.updateMessageInflight(
      message.messageId,
      entry.receiptHandle,
      entry.visibilityDeadline,
      message.approximateReceiveCount,
      message.approximateFirstReceiveTimestamp,
    );
  }
  queue.processTimers();
}

/** fauxqs deletes from one queue, then inserts into the other; a kill in between would lose the message. */
function moveDeadLettersWhole(queue: Queue, open: OpenQueues): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (...of) => open.transaction(() => dequeue(...of));
}

/** Whether a receive would get something now; also brings back what was hidden or delayed long enough. */
export function hasVisible(queue: Queue): boolean {
  queue.processTimers();
  if (!queue.isFifo()) return queue.messages.length > 0;
  return [...queue.fifoMessages].some(([group, waiting]) => waiting.length > 0 && !queue.fifoLockedGroups.has(group));
}

/** Drops what is older than the queue's retention; fauxqs keeps messages for ever. */
export function dropExpired(queue: Queue, now: number): void {
  const oldest = now - Number(queue.attributes.MessageRetentionPeriod) * 1000;
  const keep = (message: Queue['messages'][number]) => {
    if (message.sentTimestamp >= oldest) return true;
    queue.persistence?.deleteMessage(message.messageId);
    return false;
  };
  queue.messages = queue.messages.filter(keep);
  queue.delayedMessages = queue.delayedMessages.filter(keep);
  for (const [group, messages] of queue.fifoMessages) queue.fifoMessages.set(group, messages.filter(keep));
}
