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

test('a kept slot is told after its work, with the run it led to', async () => {
  const told: unknown[] = [];
  const kept = scheduleHandler({
    env: z.object({}),
    services: () => undefined,
    handle: async () => ({ name: 'run 7', toldBefore: told.length }),
    slots: { told: () => async (start) => void told.push(start), run: ({ name }) => name },
  });
  const event = { scheduledTime: '2022-09-11T02:00:00Z', schedule: 'w/start' };

  const result = await kept(event, lambdaContext());
  await kept({ ...event, started_by: 'keeper' }, lambdaContext());

  expect(result).toMatchObject({ toldBefore: 0 });
  const start = { schedule: 'w/start', scheduled_time: '2022-09-11T02:00:00Z', run: 'run 7' };
  expect(told).toEqual([
    { ...start, started_by: 'schedule' },
    { ...start, started_by: 'keeper' },
  ]);
});

test('a slot whose report is refused has failed, and is started again', async () => {
  const kept = scheduleHandler({
    env: z.object({}),
    services: () => undefined,
    handle: async () => 'run 7',
    slots: {
      told: () => async () => {
        throw new Error('the queue is away');
      },
      run: (name) => name,
    },
  });

  const event = { scheduledTime: '2022-09-11T02:00:00Z', schedule: 'w/start' };

  await expect(kept(event, lambdaContext())).rejects.toThrow('the queue is away');
});

test('a schedule whose slots are kept needs a handler that tells of its starts', async () => {
  const event = { scheduledTime: '2022-09-11T02:00:00Z', schedule: 'w/start' };

  await expect(handler(event, lambdaContext())).rejects.toThrow('tells nobody');
});
