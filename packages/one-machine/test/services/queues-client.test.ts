import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { queuesClient } from '../../src/services/sqs/client.ts';

// The SDK opens 50 connections of itself; the stack has about as many queue sources, and each holds one.
const longPolls = 120;

test('as many long polls wait at once as there are queues', async () => {
  let waiting = 0;
  const server = createServer((request) => {
    request.resume();
    waiting += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = queuesClient(endpoint, { accessKeyId: 'key', secretAccessKey: 'secret' });
  const stop = new AbortController();
  const polls = Array.from({ length: longPolls }, (_, index) =>
    client.send(new ReceiveMessageCommand({ QueueUrl: `${endpoint}/000000000000/queue-${index}` }), {
      abortSignal: stop.signal,
    }),
  );
  try {
    await expect.poll(() => waiting).toBe(longPolls);
  } finally {
    stop.abort();
    await Promise.allSettled(polls);
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
});
