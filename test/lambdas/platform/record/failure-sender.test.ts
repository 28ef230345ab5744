import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewFailure } from '../../../../lambdas/kit/ledger/failure.ts';
import { failuresFrom } from '../../../../lambdas/platform/failures/intake/dead-letter.ts';
import { sendFailures } from '../../../../lambdas/platform/record/failure-sender.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';
import { letter } from '../failures/letters.ts';

let directory: string;
let storage: Awaited<ReturnType<typeof startStorage>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const settings = { visibilityTimeoutSeconds: 30, delaySeconds: 0, retentionSeconds: 3600, fifo: false };
  const queues = [{ ...settings, name: 'Failures', maximumMessageBytes: 1024 * 1024 }];
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
});

afterAll(async () => {
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

const sample = (changes: Partial<NewFailure> = {}): NewFailure => ({
  naturalKey: 'fetch:1',
  workload: 'tagger',
  sourceKind: 'step',
  sourceName: 'fetch-page',
  door: undefined,
  reason: 'TransientError',
  message: 'no answer',
  input: '{"url":"x"}',
  attributes: { trace: 't' },
  occurredAt: new Date('2026-11-21T02:00:00Z'),
  ...changes,
});

async function received(): Promise<string[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: storage.queueUrl('Failures'), MaxNumberOfMessages: 10 });
  const { Messages = [] } = await new SQSClient({}).send(command);
  return Messages.map(({ Body = '' }) => Body);
}

test('the intake reads what was sent, to the letter', async () => {
  const failures = [sample(), sample({ naturalKey: 'fetch:2', attempts: 3, replayOf: 7, stack: 's', door: 'd' })];
  await sendFailures(storage.queueUrl('Failures'))(failures);

  const [body = '', ...more] = await received();
  expect(more).toEqual([]);
  expect(failuresFrom(letter({ eventSourceARN: 'the intake itself', body }))).toEqual(failures);
});

test('more than a message holds goes in several, each below 1 MiB', async () => {
  const failures = ['a', 'b', 'c'].map((naturalKey) => sample({ naturalKey, input: '字'.repeat(150_000) }));
  await sendFailures(storage.queueUrl('Failures'))(failures);

  const told = (await received()).map((body) => (JSON.parse(body) as { failures: NewFailure[] }).failures);
  expect(told.map(({ length }) => length).toSorted()).toEqual([1, 2]);
});

test('an input that is too large for a message goes to the bucket before the failure is told', async () => {
  const objects = new Map<string, string>();
  const bucket = { put: async (key: string, text: string | Uint8Array) => void objects.set(key, String(text)) };
  const input = '"'.repeat(600_000);
  await sendFailures(storage.queueUrl('Failures'), bucket)([sample({ input }), sample({ naturalKey: 'fetch:2' })]);

  const [body = ''] = await received();
  const [large, small] = failuresFrom(letter({ eventSourceARN: 'the intake itself', body }));
  expect(large).toMatchObject({
    naturalKey: 'fetch:1',
    input: '',
    inputKey: expect.stringMatching(/^platform\/failures\//),
  });
  expect(objects.get(large?.inputKey ?? '')).toBe(input);
  expect(small).toEqual(sample({ naturalKey: 'fetch:2' }));
});

test('without a bucket such an input is refused, not cut', async () => {
  const send = sendFailures(storage.queueUrl('Failures'));

  await expect(send([sample({ input: '"'.repeat(600_000) })])).rejects.toThrow();
});

test('a report of another shape is a failure itself', () => {
  const body = '{"failures":[{"naturalKey":"x"}]}';

  expect(failuresFrom(letter({ eventSourceARN: 'the intake itself', body }))).toMatchObject([
    { sourceKind: 'queue', input: body },
  ]);
});
