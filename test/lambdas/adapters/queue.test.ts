import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startStorage } from 'one-machine/services/storage.ts';
import { expect, test } from 'vitest';
import { queue } from '#adapters/queue.ts';
import { correlated } from '#kit/correlation.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

test('a message is in the queue as JSON when sending resolves, with the id of its work', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const mails = {
    name: 'Mails',
    visibilityTimeoutSeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 3600,
    maximumMessageBytes: 1024,
    fifo: false,
  };
  const storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues: [mails] });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  const QueueUrl = storage.queueUrl('Mails');
  try {
    await queue(QueueUrl)({ subject: '已載入' });
    const { Messages = [] } = await new SQSClient({}).send(new ReceiveMessageCommand({ QueueUrl }));

    expect(Messages.map(({ Body = '' }) => JSON.parse(Body))).toEqual([{ subject: '已載入' }]);
    await correlated('the-work', () => queue(QueueUrl)('more'));
    const asked = { QueueUrl, MessageAttributeNames: ['All'] };
    const { Messages: [more] = [] } = await new SQSClient({}).send(new ReceiveMessageCommand(asked));

    expect(more?.MessageAttributes).toMatchObject({ correlation_id: { StringValue: 'the-work' } });
    const odd = { text: '🚢 \ufffe\uffff\ud83d \0' };
    await queue(QueueUrl)(odd);
    const { Messages: [last] = [] } = await new SQSClient({}).send(new ReceiveMessageCommand({ QueueUrl }));
    expect(JSON.parse(last?.Body ?? '')).toEqual(odd);

    await expect(queue(QueueUrl)('x'.repeat(2000))).rejects.toThrow();
  } finally {
    await storage.stop();
    await rm(directory, { recursive: true, force: true });
  }
});
