import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { bodiesOf, receive, release, restart, send, sqs, storage, useQueues } from './queues-under-test.ts';

useQueues();

async function sendInGroups(...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, at) => ({
    Id: String(at),
    MessageBody,
    MessageGroupId: MessageBody.charAt(0),
    MessageDeduplicationId: MessageBody,
  }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: storage.queueUrl('ordered.fifo'), Entries }));
}

test('one receive takes what a group has, in its order, and then of the next one', async () => {
  await sendInGroups('a1', 'b1', 'a2', 'b2', 'a3');

  expect(bodiesOf(await receive('ordered.fifo'))).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
  expect(await receive('ordered.fifo')).toEqual([]);
});

test('one receive takes a message once, also where it is hidden for no time', async () => {
  const command = new ReceiveMessageCommand({
    QueueUrl: storage.queueUrl('ordered.fifo'),
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 0,
  });
  await sendInGroups('a1', 'a2', 'b1');
  const { Messages: first = [] } = await sqs.send(command);
  const { Messages: second = [] } = await sqs.send(command);

  expect(bodiesOf(first)).toEqual(['a1', 'a2', 'b1']);
  expect(bodiesOf(second)).toEqual(['a1', 'a2', 'b1']);
});

test('a group gives nothing more until all that was taken of it is done', async () => {
  const QueueUrl = storage.queueUrl('ordered.fifo');
  await sendInGroups('a1', 'a2');
  const [first, second] = await receive('ordered.fifo');
  await sendInGroups('a3', 'b1');
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  const meanwhile = await receive('ordered.fifo');
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle }));

  expect(bodiesOf(meanwhile)).toEqual(['b1']);
  expect(bodiesOf(await receive('ordered.fifo'))).toEqual(['a3']);
});

test('what a receiver gives back stands in its order again, also after a restart', async () => {
  const QueueUrl = storage.queueUrl('ordered.fifo');
  await sendInGroups('a1', 'a2', 'a3', 'a4');
  const taken = await receive('ordered.fifo');
  const Entries = taken.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle, VisibilityTimeout: 0 }));
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));

  expect(bodiesOf(await receive('ordered.fifo'))).toEqual(['a1', 'a2', 'a3', 'a4']);
  await restart();
  expect(bodiesOf(await receive('ordered.fifo'))).toEqual(['a1', 'a2', 'a3', 'a4']);
});

test('a message in a dead-letter queue says where it comes from, and counts only what was received', async () => {
  await send('poison');
  for (let attempt = 0; attempt < 2; attempt++) await release((await receive())[0]?.ReceiptHandle);
  await receive();
  const [letter] = await receive('dead', 0, ['All']);

  expect(letter?.Attributes).toMatchObject({
    ApproximateReceiveCount: '3',
    DeadLetterQueueSourceArn: storage.queueArn('work'),
  });
});

test('the header of a trace and the group of a fair queue come with the message, also after a restart', async () => {
  const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' };
  const message = { MessageBody: 'a', MessageGroupId: 'tenant', MessageSystemAttributes: { AWSTraceHeader } };
  const QueueUrl = storage.queueUrl('work');
  await sqs.send(new SendMessageCommand({ QueueUrl, ...message }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'b', ...message, MessageBody: 'b' }] }));
  await restart();
  const received = await receive('work', 0, ['All']);

  expect(
    received.map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader, Attributes?.MessageGroupId]),
  ).toEqual([
    ['a', AWSTraceHeader.StringValue, 'tenant'],
    ['b', AWSTraceHeader.StringValue, 'tenant'],
  ]);
});

test('what an earlier version has kept of waiting messages under another name comes with them', async () => {
  const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' };
  const sent = (MessageBody: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: storage.queueUrl('work'),
        MessageBody,
        MessageSystemAttributes: { AWSTraceHeader },
      }),
    );
  await sent('a');
  await restart((directory) => {
    const file = new DatabaseSync(path.join(directory, 'sqs', 'fauxqs.db'));
    file.exec('alter table one_machine_system_attributes rename to "an ""older""_system_attributes"');
    file.exec('create table more_system_attributes (message_id text primary key)');
    file.close();
  });
  await sent('b');
  await restart();
  const received = await receive('work', 0, ['All']);

  expect(received.map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader])).toEqual([
    ['a', AWSTraceHeader.StringValue],
    ['b', AWSTraceHeader.StringValue],
  ]);
});

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`a${at}`, text('x')]));

test.each<[string, object, RegExp]>([
  ['an empty attribute', { MessageAttributes: { a: text('') } }, /non-empty message attribute value/],
  ['an attribute without a value', { MessageAttributes: { a: { DataType: 'String' } } }, /non-empty/],
  ['an attribute of an unknown type', { MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } }, /type/],
  ['a type that only begins well', { MessageAttributes: { a: { DataType: 'Stringy', StringValue: 'x' } } }, /type/],
  ['a number that is none', { MessageAttributes: { a: { DataType: 'Number', StringValue: '1x' } } }, /Can't cast/],
  ['a text in a binary attribute', { MessageAttributes: { a: { DataType: 'Binary', StringValue: 'x' } } }, /must use/],
  ['a character that SQS refuses, in an attribute', { MessageAttributes: { a: text('\u0001') } }, /characters/],
  ['eleven attributes', { MessageAttributes: eleven }, /\[11\] exceeds the allowed maximum \[10\]/],
  ['a reserved name', { MessageAttributes: { 'AWS.x': text('x') } }, /name/],
  ['a name with a blank', { MessageAttributes: { 'a b': text('x') } }, /name/],
  ['a delay of 901 seconds', { DelaySeconds: 901 }, /Value 901 for parameter DelaySeconds/],
  ['a negative delay', { DelaySeconds: -1 }, /DelaySeconds/],
  ['a system attribute that nobody knows', { MessageSystemAttributes: { other: text('x') } }, /other/],
  ['a deduplication id on a standard queue', { MessageDeduplicationId: 'x' }, /MessageDeduplicationId/],
  ['a group with a blank', { MessageGroupId: 'a b' }, /MessageGroupId/],
])('%s is refused, alone and in a batch, where the others go on', async (_, message, words) => {
  const QueueUrl = storage.queueUrl('work');
  const alone = sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'bad', ...message }));
  await expect(alone).rejects.toMatchObject({ name: 'InvalidParameterValue', message: expect.stringMatching(words) });
  const Entries = [
    { Id: 'good', MessageBody: 'good' },
    { Id: 'bad', MessageBody: 'bad', ...message },
  ];
  const both = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const none = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: Entries.slice(1) }));

  expect(both.Successful?.map(({ Id }) => Id)).toEqual(['good']);
  expect(both.Failed).toEqual([
    { Id: 'bad', SenderFault: true, Code: 'InvalidParameterValue', Message: expect.stringMatching(words) },
  ]);
  expect([none.Successful ?? [], none.Failed?.length]).toEqual([[], 1]);
  expect(bodiesOf(await receive())).toEqual(['good']);
});

test('attributes of every type come through', async () => {
  const MessageAttributes = {
    ...Object.fromEntries(Object.entries(eleven).slice(0, 7)),
    'a.b-c_d': { DataType: 'String.label', StringValue: '中 🚢' },
    n: { DataType: 'Number', StringValue: '-1.5e3' },
    b: { DataType: 'Binary.png', BinaryValue: Buffer.from([0, 255]) },
  };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: storage.queueUrl('work'),
      MessageBody: 'a',
      MessageAttributes,
      DelaySeconds: 0,
    }),
  );

  expect(Object.keys((await receive())[0]?.MessageAttributes ?? {})).toHaveLength(10);
});

test('a receipt handle that SQS never gave out is refused, one that was used up is not', async () => {
  await send('a');
  const QueueUrl = storage.queueUrl('work');
  const { ReceiptHandle } = (await receive())[0] ?? {};
  const remove = (handle = ReceiptHandle) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }));
  await remove();
  await remove();
  const Entries = ['garbage', ReceiptHandle].map((handle, at) => ({ Id: String(at), ReceiptHandle: handle }));
  const batch = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));

  await expect(remove('garbage')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  await expect(release('garbage')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  expect(batch.Failed).toMatchObject([{ Id: '0', Code: 'ReceiptHandleIsInvalid' }]);
  expect(batch.Successful).toEqual([{ Id: '1' }]);
});
