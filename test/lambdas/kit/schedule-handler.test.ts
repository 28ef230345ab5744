import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { lambdaContext, printed } from '../../support/lambda.ts';

let output: ReturnType<typeof printed>;

beforeEach(() => {
  output = printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const handler = scheduleHandler({
  env: z.object({}),
  services: () => undefined,
  handle: async ({ scheduledAt }) => ({ slot: scheduledAt.toISOString() }),
});

test('the work is for its slot, however late the call is', async () => {
  const result = await handler({ scheduledTime: '2022-09-11T02:00:00Z' }, lambdaContext());

  expect(result).toEqual({ slot: '2022-09-11T02:00:00.000Z' });
  expect(output.lines().at(-1)).toMatchObject({ message: 'The slot is done', result });
});

test.each([{}, undefined, { scheduledTime: '2022-09-11' }, { scheduledTime: '<aws.scheduler.scheduled-time>' }])(
  '%j is no schedule event',
  async (event) => {
    await expect(handler(event, lambdaContext())).rejects.toMatchObject({ name: 'PermanentError' });
  },
);
