import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Scheduler, startScheduler } from '../../src/doors/scheduler.ts';

let running: Scheduler | undefined;
let on = true;

beforeEach(() => {
  on = true;
  vi.useFakeTimers({ now: new Date('2026-11-21T09:59:50Z') });
});

afterEach(() => {
  running?.stop();
  vi.useRealTimers();
});

const schedule = (name: string, expression: string) => ({
  name,
  expression,
  timeZone: 'Etc/UTC',
  enabled: true,
  target: 'arn',
  input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
  retries: 0,
  deadLetter: undefined,
});

/** The slots that were delivered within some seconds. */
async function delivered(expression: string, seconds: number): Promise<unknown[]> {
  const slots: unknown[] = [];
  running = startScheduler({
    schedules: [schedule('s', expression)],
    isEnabled: () => on,
    deliver: async (_target, input) => {
      slots.push((input as { scheduledTime: string }).scheduledTime);
      return {};
    },
    bury: async () => undefined,
    onError: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  return slots;
}

test('a cron runs at its slots', async () => {
  expect(await delivered('cron(0 * * * ? *)', 9)).toEqual([]);
  running?.stop();
  expect(await delivered('cron(0 * * * ? *)', 3600)).toEqual(['2026-11-21T10:00:00Z']);
});

test('a rate runs as soon as it is there, as EventBridge starts it, and then at its pace', async () => {
  expect(await delivered('rate(15 minutes)', 1802)).toEqual([
    '2026-11-21T09:59:52Z',
    '2026-11-21T10:14:52Z',
    '2026-11-21T10:29:52Z',
  ]);
});

test('one that is switched off lets its slots pass, and goes on with the first after it is on again', async () => {
  on = false;
  const slots = await delivered('cron(0 * * * ? *)', 3600);
  expect(running?.upcoming()).toEqual([{ name: 's', at: undefined }]);
  on = true;
  await vi.advanceTimersByTimeAsync(3600 * 1000);

  expect(slots).toEqual(['2026-11-21T11:00:00Z']);
  expect(running?.upcoming()).toEqual([{ name: 's', at: new Date('2026-11-21T12:00:00Z') }]);
});
