import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { queueHandler } from '#kit/queue-handler.ts';
import batch from '../../fixtures/events/sqs-batch.json' with { type: 'json' };
import { lambdaContext, printed } from '../../support/lambda.ts';

let output: ReturnType<typeof printed>;

beforeEach(() => {
  output = printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const message = z.object({ subject: z.string() });

function consumer(handle: (message: { subject: string }) => Promise<unknown>) {
  return queueHandler({ env: z.object({}), message, services: () => undefined, handle });
}

const event = (...indexes: number[]) => ({
  Records: batch.Records.filter((_record, index) => indexes.includes(index)),
});

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

  expect(await handler(event(0, 1, 2), lambdaContext())).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm-2' }, { itemIdentifier: 'm-3' }],
  });
  expect(output.lines().filter(({ level }) => level === 'ERROR')).toMatchObject([
    { messageId: 'm-2', receiveCount: '3', error: { message: 'the mail server is away' } },
    { messageId: 'm-3', receiveCount: '1', error: { name: 'PermanentError', message: 'The message is not JSON' } },
  ]);
});

test('a handler that throws before it returns a promise fails its own record alone', async () => {
  const handler = consumer(({ subject }) => {
    if (subject === 'first') throw new Error('at once');
    return Promise.resolve();
  });

  expect(await handler(event(0, 1), lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
});

test('a message of another shape fails with the field that is wrong', async () => {
  const [record] = batch.Records;
  const handler = consumer(async () => undefined);
  const strange = { Records: record ? [{ ...record, body: '{"subject":5}' }] : [] };

  expect(await handler(strange, lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
  expect(output.text()).toContain('subject: Invalid input: expected string');
});

test('wrong variables fail the whole batch, so that the alarm sees it', async () => {
  const handler = queueHandler({
    env: z.object({ MILLRACE_TEST_ABSENT: z.string() }),
    message,
    services: () => undefined,
    handle: async () => undefined,
  });

  await expect(handler(event(0), lambdaContext())).rejects.toThrow('MILLRACE_TEST_ABSENT');
});

test('what was handled and what failed is counted once per batch', async () => {
  await consumer(async () => undefined)(event(0, 1, 2), lambdaContext());
  const metrics = output.lines().filter((line) => '_aws' in line);

  expect(metrics).toMatchObject([{ RecordsHandled: 2, RecordsFailed: 1 }]);
});
