import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { instrumented } from '#kit/invocation.ts';
import { count, logger } from '#kit/telemetry.ts';
import { lambdaContext, printed } from '../../support/lambda.ts';

let output: ReturnType<typeof printed>;

beforeEach(() => {
  output = printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

test('every log line of an invocation has its id, and nothing is left for the next', async () => {
  const handler = instrumented(async (key: string) => {
    logger().appendKeys({ [key]: 'mine' });
    logger().info('working');
  });
  await handler('first', lambdaContext());
  await handler('second', lambdaContext());

  const { awsRequestId } = lambdaContext();
  expect(output.lines()).toMatchObject([
    { message: 'working', function_request_id: awsRequestId, first: 'mine' },
    { message: 'working', function_request_id: awsRequestId, second: 'mine' },
  ]);
  expect(output.lines()[1]).not.toHaveProperty('first');
});

test('a failure is logged once and passed on as it is', async () => {
  const error = new RangeError('too far');
  const handler = instrumented(() => Promise.reject(error));

  await expect(handler(undefined, lambdaContext())).rejects.toBe(error);
  expect(output.lines()).toMatchObject([{ level: 'ERROR', error: { name: 'RangeError', message: 'too far' } }]);
});

test('what was counted is published even when the invocation fails', async () => {
  const handler = instrumented(async () => {
    count('Attempts', 2);
    throw new Error('no');
  });

  await expect(handler(undefined, lambdaContext())).rejects.toThrow('no');
  expect(output.lines()).toContainEqual(expect.objectContaining({ Attempts: 2 }));
});

test('an invocation that counts and logs nothing prints nothing', async () => {
  await instrumented(async () => 'done')(undefined, lambdaContext());

  expect(output.text()).toBe('');
});

test('a handler is not answered for early while it works on', async () => {
  const handler = instrumented(() => sleep(60, 'done'));

  expect(await handler(undefined, lambdaContext(20))).toBe('done');
});
