import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { PermanentError, TransientError } from '#kit/errors.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { batchHandler, queueHandler } from '#kit/queue-handler.ts';
import { failuresFrom } from '../../../lambdas/platform/failures/intake/dead-letter.ts';
import batch from '../../fixtures/events/sqs-batch.json' with { type: 'json' };
import { lambdaContext, printed } from '../../support/lambda.ts';

let output: ReturnType<typeof printed>;
let told: NewFailure[];

beforeEach(() => {
  output = printed();
  told = [];
  vi.stubEnv('FAILURES_QUEUE_URL', 'https://sqs.example/failures');
  vi.stubEnv('QUEUE_ATTEMPTS', '4');
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const message = z.object({ subject: z.string() });
const ledger = () => async (failures: readonly NewFailure[]) => told.push(...failures);

function consumer(handle: (message: { subject: string }) => Promise<unknown>, open = ledger) {
  return queueHandler({ env: z.object({}), message, ledger: open, services: () => undefined, handle });
}

const event = (...indexes: number[]) => ({
  Records: batch.Records.filter((_record, index) => indexes.includes(index)),
});

/** The first record, after so many tries of a queue of ours. */
function tried(times: number, changes: Partial<(typeof batch.Records)[number]> = {}) {
  const [record] = batch.Records;
  if (!record) throw new Error('The fixture has records');
  const attributes = { ...record.attributes, ApproximateReceiveCount: String(times) };
  return { Records: [{ ...record, eventSourceARN: slots, ...changes, attributes }] };
}

const slots = 'arn:aws:sqs:ap-northeast-1:000000000000:millrace-dev-platform-record-slots';

test('a batch that went well reports no failures', async () => {
  const seen: string[] = [];
  const result = await consumer(async ({ subject }) => seen.push(subject))(event(0, 1), lambdaContext());

  expect(result).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(['first', 'second']);
});

test('only the records that failed go back, and the log says why each did', async () => {
  const handler = consumer(async ({ subject }) => {
    if (subject === 'second') throw new Error('the mail server is away');
  });

  expect(await handler(event(0, 1), lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-2' }] });
  expect(output.lines().filter(({ level }) => level === 'ERROR')).toMatchObject([
    { messageId: 'm-2', receiveCount: '3', error: { message: 'the mail server is away' } },
  ]);
  expect(told).toEqual([]);
});

test('a handler that throws before it returns a promise fails its own record alone', async () => {
  const handler = consumer(({ subject }) => {
    if (subject === 'first') throw new Error('at once');
    return Promise.resolve();
  });

  expect(await handler(event(0, 1), lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
});

test('a message of no known shape is told with its body and acknowledged: no further try would help', async () => {
  const handler = consumer(async () => undefined);
  const messageAttributes = {
    'millrace-replay-of': { stringValue: '12', dataType: 'String' },
    correlation_id: { stringValue: 'audit-7', dataType: 'String' },
  };

  const answer = await handler(tried(1, { body: '{"subject":5}', messageAttributes }), lambdaContext());

  expect(answer).toEqual({ batchItemFailures: [] });
  expect(told).toEqual([
    {
      naturalKey: `message:${slots}-dead:m-1`,
      workload: 'platform',
      sourceKind: 'queue',
      sourceName: 'record-slots',
      door: slots,
      reason: 'PermanentError',
      message: 'The message: subject: Invalid input: expected string, received number',
      stack: expect.stringContaining('queue-handler'),
      input: '{"subject":5}',
      attributes: { 'millrace-replay-of': '12', correlation_id: 'audit-7' },
      occurredAt: expect.any(Date),
      attempts: 1,
      replayOf: 12,
    },
  ]);
});

test('what the handler says can never be done is told in its words', async () => {
  class WrongAddressError extends PermanentError {
    override readonly name = 'WrongAddressError';
  }
  const handler = consumer(async () => {
    throw new WrongAddressError('nobody lives there');
  });

  expect(await handler(tried(1), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(told).toMatchObject([{ reason: 'WrongAddressError', message: 'nobody lives there', attempts: 1 }]);
});

test('the last try’s error is told, those before it are not', async () => {
  const handler = consumer(async () => {
    throw new TransientError('the mail server is away');
  });

  expect(await handler(tried(3), lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
  expect(told).toEqual([]);
  expect(await handler(tried(4), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(told).toMatchObject([
    { reason: 'TransientError', message: 'The last of 4 tries: the mail server is away', attempts: 4 },
  ]);
});

test.each([slots, `${slots}.fifo`])('a message told here and dead all the same is one failure (%s)', async (queue) => {
  const handler = consumer(async () => {
    throw new PermanentError('no');
  });
  await handler(tried(1, { eventSourceARN: queue }), lambdaContext());
  const [record] = tried(5).Records;
  const eventSourceARN = queue.replace(/(\.fifo)?$/, '-dead$1');
  const [dead] = record ? failuresFrom({ ...record, eventSourceARN }) : [];

  expect(dead).toMatchObject({ reason: 'RetriesExhausted', door: queue });
  expect(told[0]?.naturalKey).toBe(dead?.naturalKey);
});

test('while the ledger can’t be told the message goes back, and its redrive goes on', async () => {
  const away = () => async () => {
    throw new TransientError('SQS is away');
  };
  const handler = consumer(async () => undefined, away as never);

  expect(await handler(event(2), lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-3' }] });
  expect(output.text()).toContain('SQS is away');
  expect(output.text()).toContain('The message is not JSON');
});

test('of a batch that is done as one, a message that can never be done is found and told alone', async () => {
  const done: string[][] = [];
  const handler = batchHandler({
    env: z.object({}),
    message,
    ledger,
    services: () => undefined,
    handle: async (messages) => {
      const subjects = messages.map(({ subject }) => subject);
      if (subjects.includes('second')) throw new PermanentError('not the second');
      done.push(subjects);
    },
  });

  expect(await handler(event(0, 1, 2), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(done).toEqual([['first']]);
  expect(told.map(({ input, message: said }) => [input, said])).toEqual([
    ['{"subject":"second"}', 'not the second'],
    ['not JSON at all', 'The message is not JSON'],
  ]);
});

test('of a batch that is done as one, all come again after an error that passes', async () => {
  const handler = batchHandler({
    env: z.object({}),
    message,
    ledger,
    services: () => undefined,
    handle: async () => {
      throw new TransientError('later');
    },
  });

  expect(await handler(event(0, 1), lambdaContext())).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-2' }],
  });
});

test('wrong variables fail the whole batch, so that the alarm sees it', async () => {
  const handler = queueHandler({
    env: z.object({ MILLRACE_TEST_ABSENT: z.string() }),
    message,
    ledger,
    services: () => undefined,
    handle: async () => undefined,
  });

  await expect(handler(event(0), lambdaContext())).rejects.toThrow('MILLRACE_TEST_ABSENT');
});

test('what was handled and what failed is counted once per batch', async () => {
  await consumer(async () => undefined)(event(0, 1, 2), lambdaContext());
  const metrics = output.lines().filter((line) => '_aws' in line);

  expect(metrics).toMatchObject([{ RecordsHandled: 2, RecordsFailed: 0, RecordsRejected: 1 }]);
});
