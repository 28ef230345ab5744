import { createHash } from 'node:crypto';
import type { ObjectStore } from '#adapters/object-store.ts';
import { orderedQueue } from '#adapters/queues/ordered-queue.ts';
import { packed } from '../message/page-request.ts';
import type { PageRequest } from '../ports.ts';

/** The queue of pages. One host is one group: no other batch asks it while one batch of its pages is fetched. */
export function pageQueue(url: string, bucket: Pick<ObjectStore, 'put'>) {
  const send = orderedQueue(url);
  return async (requests: readonly PageRequest[]): Promise<void> => {
    const messages = await Promise.all(requests.map((request) => packed(request, bucket)));
    await send(
      messages.map((message) => ({
        message,
        group: groupOf(message.url),
        id: `${message.topic}:${message.partition}:${message.offset}`,
      })),
    );
  };
}

/** A group's name has 128 signs of a few kinds. What is no URL is refused later, by the function that fetches it. */
function groupOf(url: string): string {
  const host = URL.canParse(url) ? new URL(url).host : '';
  return createHash('sha256').update(host).digest('hex').slice(0, 32);
}
