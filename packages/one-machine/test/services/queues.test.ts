import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import { bodiesOf, receive, release, restart, send, sqs, storage, useQueues } from './queues-under-test.ts';

const real = DatabaseSync.prototype.exec;

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

test('what is sent waits for the disk once for its batch, and what is taken does not', async () => {
  const QueueUrl = storage.queueUrl('work');
  const said: string[] = [];
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    said.push(sql.toLowerCase());
    return real.call(this, sql);
  });
  try {
    const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(said).toEqual(['pragma synchronous = full', 'begin', 'commit', 'pragma synchronous = normal']);
    const received = await receive();
    expect(bodiesOf(received)).toEqual(['a', 'b', 'c']);
    said.length = 0;
    const gone = received.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: gone }));
    expect(said).toEqual(['begin', 'commit']);
  } finally {
    exec.mockRestore();
  }
  await restart();
  expect(await receive()).toEqual([]);
});

test('what could not be written is not there, and is taken when it is sent again', async () => {
  const QueueUrl = storage.queueUrl('ordered.fifo');
  const Entries = [
    { Id: 'a', MessageBody: 'ordered', MessageGroupId: 'g', MessageDeduplicationId: 'one' },
    { Id: 'b', MessageBody: 'next', MessageGroupId: 'g', MessageDeduplicationId: 'two' },
  ];
  const full = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === 'COMMIT') throw new Error('database or disk is full');
    return real.call(this, sql);
  });
  try {
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toThrow();
    await expect(send('free')).rejects.toThrow();
  } finally {
    full.mockRestore();
  }

  expect([...(await receive('ordered.fifo')), ...(await receive())]).toEqual([]);
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  await restart();
  expect(bodiesOf(await receive('ordered.fifo'))).toEqual(['ordered', 'next']);
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

test('errors have the codes that other SDKs compare with', async () => {
  const QueueUrl = storage.queueUrl('work');
  const header = (code: string) => ({ $response: { headers: { 'x-amzn-query-error': `${code};Sender` } } });
  const attributes = ['Nonsense'] as unknown as 'All'[];
  const tooMany = Array.from({ length: 11 }, (_, at) => ({ Id: `${at}`, MessageBody: 'x' }));

  await expect(send('x'.repeat(2_049))).rejects.toMatchObject(header('InvalidParameterValue'));
  await expect(send('\0')).rejects.toMatchObject(header('InvalidMessageContents'));
  await expect(receive('work', 0, attributes)).rejects.toMatchObject(header('InvalidAttributeName'));
  await expect(sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: attributes }))).rejects.toMatchObject(
    header('InvalidAttributeName'),
  );
  await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: tooMany }))).rejects.toMatchObject(
    header('AWS.SimpleQueueService.TooManyEntriesInBatchRequest'),
  );
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'absent' }))).rejects.toMatchObject(
    header('AWS.SimpleQueueService.NonExistentQueue'),
  );
});

test('a queue says whose dead letters it takes', async () => {
  const listing = (QueueUrl: string) => sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl }));

  expect((await listing(storage.queueUrl('dead'))).queueUrls).toEqual([storage.queueUrl('work')]);
  expect((await listing(storage.queueUrl('work'))).queueUrls).toEqual([]);
  await expect(listing(`${storage.queueUrl('work')}x`)).rejects.toThrow(/does not exist/);
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
