import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message, MessagesStream } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { batchesOf } from '../../../local/doors/stream-poller/batches.ts';

type Bytes = Buffer;

/** One record, then a wait that ends badly when it is told to. */
function endingBadly(end: Promise<never>): MessagesStream<Bytes, Bytes, Bytes, Bytes> {
  const record = { topic: 't', partition: 0, offset: 0n, timestamp: 0n, key: null, value: null, headerEntries: [] };
  const results = [Promise.resolve({ done: false, value: record as unknown as Message }), end];
  const iterator = { next: () => results.shift() ?? end };
  return { [Symbol.asyncIterator]: () => iterator } as unknown as MessagesStream<Bytes, Bytes, Bytes, Bytes>;
}

test('a stream that breaks after its reader has gone takes nothing down with it', async () => {
  const unhandled: unknown[] = [];
  const keep = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', keep);
  const end = Promise.withResolvers<never>();
  const batches = batchesOf(endingBadly(end.promise), { batchSize: 10, windowMs: 10 });

  const first = await batches.next();
  await batches.return(undefined);
  end.reject(new Error('The consumer is closed'));
  await sleep(20);
  process.off('unhandledRejection', keep);

  expect(first.value).toHaveLength(1);
  expect(unhandled).toEqual([]);
});
