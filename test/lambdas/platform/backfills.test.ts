import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KeptSchedule, StartMessage } from '../../../lambdas/platform/contract.ts';
import { closeRun, openRun } from '../../../lambdas/platform/record/run-book.ts';
import { nextStep, type Turn } from '../../../lambdas/platform/runs/advance-backfill.ts';
import { advanceBackfill } from '../../../lambdas/platform/runs/backfill-store.ts';
import { backfillPlanner } from '../../../lambdas/platform/runs/plan-backfill-store.ts';
import type { BackfillItemRow } from '../../../lambdas/platform/runs/run.ts';
import { runReader } from '../../../lambdas/platform/runs/run-reader-store.ts';
import { slotBook } from '../../../lambdas/platform/slots/slot-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase<unknown>;
let turns: Turn[];
let starts: StartMessage[];

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  turns = [];
  starts = [];
  await sql`TRUNCATE platform.runs, platform.slots, platform.backfills, platform.backfill_items, platform.failures`.execute(
    database.admin.query,
  );
});

const schedule: KeptSchedule = {
  name: 'w/start',
  at: 'cron(0 * * * ? *)',
  zone: 'UTC',
  catchUp: 'skip',
  graceMinutes: 10,
  enabled: true,
  door: 'arn:aws:lambda:x:1:function:start',
};
const clock = () => new Date('2026-11-21T12:30:00Z');
const at = (time: string) => `2026-11-21T${time}:00Z`;

const plan = (from: string, to: string, dry_run = false) =>
  backfillPlanner(database.app, { schedules: [schedule], clock, send: async (turn) => void turns.push(turn) })(
    { schedule: 'w/start', from: at(from), to: at(to), dry_run },
    'tester',
  );
const sends = {
  start: async (message: StartMessage) => void starts.push(message),
  turn: async (turn: Turn) => void turns.push(turn),
};
const advance = (turn: Turn, app = database.app) => advanceBackfill(app, sends)(turn);

/** A slot is started, and its run succeeds after some minutes. */
async function ran(time: string, minutes: number, costUsd?: number): Promise<void> {
  const name = `run-${time}`;
  const query = database.app.query;
  await openRun(query, { workload: 'w', name, kind: 'k', startedAt: new Date(Date.now() - minutes * 60_000) });
  await slotBook(database.app).record({
    schedule: 'w/start',
    scheduled_time: at(time),
    run: name,
    started_by: 'schedule',
  });
  await closeRun(query, { workload: 'w', name, state: 'succeeded', costUsd });
}

/** What start-work and the function behind the door make of the newest start. */
async function startedLast(): Promise<void> {
  const { scheduledTime, started_by } = JSON.parse(starts.at(-1)?.input ?? '') as Record<string, string>;
  const slot = { schedule: 'w/start', scheduled_time: String(scheduledTime), started_by: String(started_by) };
  await slotBook(database.app).record({ ...slot, run: undefined });
}

test('without earlier runs nothing is estimated', async () => {
  expect(await plan('08:00', '11:00', true)).toEqual({
    id: undefined,
    estimate: { items: 4, have_run: 0, to_start: 4, earlier_runs: 0, minutes: 'unknown', cost_usd: 'unknown' },
  });
  expect(turns).toEqual([]);
});

test('the estimate for slots that have not run is the median of earlier runs', async () => {
  await ran('08:00', 2, 0.01);
  await ran('09:00', 4, 0.03);
  await ran('07:00', 60, 0.02);

  const { id, estimate } = await plan('08:00', '11:00', true);

  expect(id).toBeUndefined();
  expect(estimate).toMatchObject({ items: 4, have_run: 2, to_start: 2, earlier_runs: 3, cost_usd: 0.04 });
  expect(estimate.minutes).toBeCloseTo(8, 0);
});

test('its slots are started one after another, and each says which backfill started it', async () => {
  const { id = 0 } = await plan('09:00', '11:00');
  const outcomes: string[] = [];
  for (let turn = turns.at(-1); turn && outcomes.at(-1) !== 'ended'; turn = turns.at(-1)) {
    outcomes.push(await advance(turn));
    if (outcomes.at(-1) === 'started') await startedLast();
  }

  expect(outcomes).toEqual(['started', 'started', 'started', 'ended']);
  expect(starts.map(({ input }) => JSON.parse(input))).toEqual(
    ['09:00', '10:00', '11:00'].map((time) => ({
      scheduledTime: at(time),
      schedule: 'w/start',
      started_by: `backfill ${id}`,
    })),
  );
  const told = await runReader(database.app).backfill(id);
  expect(told).toMatchObject({ subject: 'w/start', first: at('09:00'), last: at('11:00'), who: 'tester' });
  expect(told?.items.map(({ state }) => state)).toEqual(['started', 'started', 'started']);
  expect(told?.ended_at).toBeInstanceOf(Date);
  const { data } = await runReader(database.app).slots({ state: 'backfilled', start: 0, length: 10 });
  expect(data).toHaveLength(3);
});

test('a turn that comes twice, also at once, starts one thing', async () => {
  await plan('09:00', '11:00');
  const [first = { backfill_id: 0, turn: 0 }] = turns;
  const other = database.another();

  const outcomes = await Promise.all([advance(first), advance(first, other), advance(first)]);

  expect(outcomes.toSorted()).toEqual(['repeated', 'repeated', 'started']);
  expect(starts).toHaveLength(1);
});

test('a turn whose start can’t be sent leaves everything as it was, and comes again', async () => {
  const { id = 0 } = await plan('09:00', '10:00');
  const [first = { backfill_id: 0, turn: 0 }] = turns;
  const broken = advanceBackfill(database.app, {
    ...sends,
    start: async () => {
      throw new Error('the queue is away');
    },
  });

  await expect(broken(first)).rejects.toThrow('the queue is away');
  expect((await runReader(database.app).backfill(id))?.items[0]?.state).toBe('waiting');
  expect(await advance(first)).toBe('started');
});

test('a turn that comes before its backfill is written comes again', async () => {
  await expect(advance({ backfill_id: 4711, turn: 1 })).rejects.toMatchObject({ name: 'TransientError' });
});

test('the next waits until the one before has ended, or for an hour', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const item = (ordinal: number, state: BackfillItemRow['state'], minutesAgo = 1): BackfillItemRow => {
    const asked_at = state === 'waiting' ? null : new Date(now.getTime() - minutesAgo * 60_000);
    return { ordinal, name: String(ordinal), state, asked_at };
  };

  expect(nextStep([item(1, 'asked'), item(2, 'waiting')], now)).toEqual({ kind: 'wait' });
  expect(nextStep([item(1, 'running', 59), item(2, 'waiting')], now)).toEqual({ kind: 'wait' });
  expect(nextStep([item(1, 'running', 60), item(2, 'waiting')], now)).toEqual({ kind: 'start', ordinal: 2 });
  expect(nextStep([item(1, 'failed'), item(2, 'waiting')], now)).toEqual({ kind: 'start', ordinal: 2 });
  expect(nextStep([item(1, 'not-started'), item(2, 'waiting')], now)).toEqual({ kind: 'start', ordinal: 2 });
  expect(nextStep([item(1, 'succeeded'), item(2, 'running')], now)).toEqual({ kind: 'wait' });
  expect(nextStep([item(1, 'succeeded'), item(2, 'failed')], now)).toEqual({ kind: 'end' });
});

test('a range that is wrong is refused with its reason', async () => {
  await expect(plan('09:00', '13:00')).rejects.toMatchObject({ faults: { json: { to: ['Lies in the future.'] } } });
  await expect(plan('09:10', '09:50')).rejects.toMatchObject({ name: 'InvalidInputError' });
  await expect(plan('11:00', '09:00')).rejects.toMatchObject({ name: 'InvalidInputError' });
});

test('a range that has run altogether makes no backfill', async () => {
  await ran('09:00', 1);

  expect(await plan('09:00', '09:30')).toMatchObject({ id: undefined, estimate: { have_run: 1, to_start: 0 } });
  expect(turns).toEqual([]);
});
