import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { receive, release, send, sqs, storage, useQueues } from './queues-under-test.ts';

useQueues();

test('a message is hidden while somebody has it and gone when it is deleted', async () => {
  await send('hello');
  const [message] = await receive();
  expect(message?.Body).toBe('hello');
  expect(await receive()).toEqual([]);

  const { ReceiptHandle } = message ?? {};
  await sqs.send(new DeleteMessageCommand({ QueueUrl: storage.queueUrl('work'), ReceiptHandle }));
  expect(await receive()).toEqual([]);
});

test('a message given back is there at once', async () => {
  await send('hello');
  const [first] = await receive();
  await release(first?.ReceiptHandle);
  const [second] = await receive();
  const Entries = [{ Id: 'a', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 }];
  const batch = await sqs.send(
    new ChangeMessageVisibilityBatchCommand({ QueueUrl: storage.queueUrl('work'), Entries }),
  );

  expect(second?.Body).toBe('hello');
  expect(batch.Failed ?? []).toEqual([]);
});

test('a message received too often goes to the dead letters, with the queue it came from empty', async () => {
  await send('poison');
  for (let attempt = 0; attempt < 2; attempt++) {
    const [message] = await receive();
    await release(message?.ReceiptHandle);
  }

  expect(await receive()).toEqual([]);
  expect((await receive('dead')).map(({ Body }) => Body)).toEqual(['poison']);
});

test('a long poll gets a message that comes while it waits', async () => {
  const polling = receive('work', 10);
  await sleep(100);
  await send('late');

  expect((await polling).map(({ Body }) => Body)).toEqual(['late']);
});

test('a receiver that went away while it waited takes no message with it', async () => {
  const abandoned = new AbortController();
  const command = new ReceiveMessageCommand({ QueueUrl: storage.queueUrl('work'), WaitTimeSeconds: 10 });
  const polling = sqs.send(command, { abortSignal: abandoned.signal });
  await sleep(100);
  abandoned.abort();
  await expect(polling).rejects.toMatchObject({ name: 'AbortError' });
  await sleep(100);
  await send('for the living');

  expect((await receive('work', 1)).map(({ Body }) => Body)).toEqual(['for the living']);
});

test('the limits of the template hold', async () => {
  const QueueUrl = storage.queueUrl('work');
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));

  expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
    deadLetterTargetArn: storage.queueArn('dead'),
    maxReceiveCount: 2,
  });
  expect(Attributes?.QueueArn).toBe(storage.queueArn('work'));
  await expect(send('x'.repeat(2_049))).rejects.toThrow('shorter than 2048 bytes');
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(QueueUrl);
});

test('a message may have any character that SQS takes, and no other', async () => {
  const all = '\t\n\r ~\x7f中\ud7ff\ue000\ufffd🚢\u{10ffff}';
  await send(all);

  expect((await receive()).map(({ Body }) => Body)).toEqual([all]);
  for (const one of ['\0', '\x0b', '\ufffe', '\uffff'])
    await expect(send(one)).rejects.toMatchObject({ name: expect.stringMatching(/InvalidMessageContents$/) });
});

test('queues are made by the template alone', async () => {
  const creating = sqs.send(new CreateQueueCommand({ QueueName: 'other' }));

  await expect(creating).rejects.toMatchObject({ name: 'UnsupportedOperation', message: /^CreateQueue/ });
});

test('queues that refuse answer 503 for a while', async () => {
  storage.refuse('sqs', 300);
  await expect(send('hello')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  await sleep(350);

  await send('hello');
});
