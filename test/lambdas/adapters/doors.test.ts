import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type AsynchronousInvoker, asynchronousInvoker } from 'one-machine/doors/asynchronous.ts';
import { type LambdaApi, startLambdaApi } from 'one-machine/doors/lambda-api.ts';
import { region } from 'one-machine/region.ts';
import { type Storage, startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Delivery, deliver } from '../../../lambdas/adapters/doors.ts';
import { replayedBy } from '../../../lambdas/adapters/objects/replayed-by.ts';
import { PermanentError } from '../../../lambdas/kit/errors.ts';
import { arnOf, startTestHost, type TestHost } from '../../../packages/one-machine/test/functions/host.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

let directory: string;
let storage: Storage;
let host: TestHost;
let lambda: LambdaApi;
let invoker: AsynchronousInvoker;

const code = `export const handler = async (event, context) => {
  if (event.fail) throw new Error('asked to');
  return { event, id: context.awsRequestId };
};`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const common = {
    visibilityTimeoutSeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 3600,
    maximumMessageBytes: 1048576,
  };
  const queues = ['work', 'ordered.fifo', 'failed'].map((name) => ({ ...common, name, fifo: name.endsWith('.fifo') }));
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    region,
    buckets: [{ name: 'raw', versioned: true }],
    queues,
  });
  host = await startTestHost({ work: { code, retries: 0, onFailure: 'arn:aws:sqs:x:failed' } });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl, AWS_ENDPOINT_URL_S3: storage.s3Url });
  invoker = asynchronousInvoker({
    functions: host.host,
    sqs: new SQSClient({}),
    queueUrlOf: () => storage.queueUrl('failed'),
    faults: host.faults,
    file: join(directory, 'invocations.sqlite'),
    retryDelaysMs: [],
    onLost: () => undefined,
  });
  lambda = await startLambdaApi({ credentials: [testCredentials], functions: host.host, invoker, port: 0 });
  useLocalAws({ AWS_ENDPOINT_URL_LAMBDA: lambda.url });
});

afterAll(async () => {
  await lambda.stop();
  invoker.stop();
  await host.stop();
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

const put = (door: string, changes: Partial<Delivery> = {}) =>
  deliver({ door, input: '{"a":1}', attributes: {}, name: 'replay-1', ...changes });

async function received(queue: string) {
  const command = new ReceiveMessageCommand({ QueueUrl: storage.queueUrl(queue), MessageAttributeNames: ['All'] });
  return (await new SQSClient({}).send(command)).Messages ?? [];
}

const queueArn = (name: string) => `arn:aws:sqs:ap-northeast-1:000000000000:${name}`;

test('a queue gets the input to the letter, with its attributes', async () => {
  await put(queueArn('work'), { input: ' { "字": 1 }\n', attributes: { trace: 't' } });

  expect(await received('work')).toMatchObject([
    { Body: ' { "字": 1 }\n', MessageAttributes: { trace: { StringValue: 't' } } },
  ]);
});

test('a queue that keeps an order takes it once under one name', async () => {
  for (let time = 0; time < 2; time += 1) await put(queueArn('ordered.fifo'));

  expect(await received('ordered.fifo')).toMatchObject([{ Body: '{"a":1}' }]);
});

test('a function is invoked, nobody waits, and the receipt is its request id', async () => {
  const { requestId } = await put(arnOf('work'));
  await expect
    .poll(() => host.invocations)
    .toMatchObject([{ ok: true, requestId, payload: { event: { a: 1 }, id: requestId } }]);
});

test('an invocation that fails for good tells the same request id in its record', async () => {
  const { requestId } = await put(arnOf('work'), { input: '{"fail":true}' });

  await expect
    .poll(async () => (await received('failed')).map(({ Body }) => JSON.parse(Body ?? '')))
    .toMatchObject([{ requestContext: { requestId }, requestPayload: { fail: true } }]);
});

test('an object is put under its key, with the attributes as metadata', async () => {
  await put('s3://raw/presale/corrected/a b.json', { attributes: { 'millrace-replay-of': '7', note: '字' } });
  const command = new GetObjectCommand({ Bucket: 'raw', Key: 'presale/corrected/a b.json' });
  const { Body, Metadata } = await new S3Client({}).send(command);

  expect(await Body?.transformToString()).toBe('{"a":1}');
  expect(Metadata).toEqual({ 'millrace-replay-of': '7', note: encodeURI('字') });
});

test('an object that a replay put says so, until another stands in its place', async () => {
  const key = 'presale/corrected/again.json';
  await put(`s3://raw/${key}`, { attributes: { 'millrace-replay-of': '7' } });
  const { ETag = '' } = await new S3Client({}).send(new HeadObjectCommand({ Bucket: 'raw', Key: key }));

  for (const etag of [ETag, ETag.replaceAll('"', '')]) expect(await replayedBy('raw')({ key, etag })).toBe(7);
  await put(`s3://raw/${key}`, { input: '{"a":2}' });
  expect(await replayedBy('raw')({ key, etag: ETag })).toBeUndefined();
  expect(await replayedBy('raw')({ key: 'presale/corrected/none.json', etag: ETag })).toBeUndefined();
});

test('what a door never takes is refused in words, before anybody is asked', async () => {
  const large = { input: 'x'.repeat(1024 * 1024) };

  await expect(put(queueArn('work'), { ...large, attributes: { a: 'b' } })).rejects.toThrow('takes 1048576 at most');
  await expect(put('arn:aws:states:r:0:stateMachine:m', large)).rejects.toThrow('takes 262144 at most');
  await expect(put(arnOf('work'), { input: `${large.input}x` })).rejects.toThrow(PermanentError);
  await expect(put('arn:aws:sns:r:0:topic')).rejects.toThrow('Nothing can be put in at arn:aws:sns');
});

test('who waits for a function gets its answer, its error, or that there is none', async () => {
  const client = new LambdaClient({});
  const ask = (FunctionName: string, event: object) =>
    client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }));
  const answer = await ask('work', { a: 2 });
  const failed = await ask(arnOf('work'), { fail: true });

  expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ event: { a: 2 } });
  expect(failed).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(JSON.parse(failed.Payload?.transformToString() ?? '')).toMatchObject({ errorMessage: 'asked to' });
  await expect(ask('nobody', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
