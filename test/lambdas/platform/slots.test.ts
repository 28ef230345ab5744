import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CatchUpPolicy } from '../../../lambdas/kit/schedule/schedule.ts';
import { alertMailStore } from '../../../lambdas/platform/alerts/alert-mail-store.ts';
import type { KeptSchedule, ScheduleSwitch, StartMessage } from '../../../lambdas/platform/contract.ts';
import { forgetStreamCounts } from '../../../lambdas/platform/record/stream-counts.ts';
import { pauseBook } from '../../../lambdas/platform/schedules/pause-store.ts';
import { keepSlots } from '../../../lambdas/platform/slots/keep-slots.ts';
import { slotBook } from '../../../lambdas/platform/slots/slot-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase<unknown>;
let woken: string[];
let switched: ScheduleSwitch[];

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  woken = [];
  switched = [];
  await sql`TRUNCATE platform.schedules, platform.slots, platform.failures, platform.pauses`.execute(
    database.admin.query,
  );
});

const hourly = (catchUp: CatchUpPolicy, rest: Partial<KeptSchedule> = {}): KeptSchedule => ({
  name: 'w/start',
  at: 'cron(0 * * * ? *)',
  zone: 'UTC',
  catchUp,
  graceMinutes: 10,
  enabled: true,
  door: 'arn:aws:lambda:x:1:function:start',
  ...rest,
});

/** One look of the keeper at a time of 2026-11-21; resolves to the slots that it asked for. */
async function look(schedule: KeptSchedule, time: string, app = database.app): Promise<string[]> {
  const asked: StartMessage[] = [];
  await keepSlots({
    schedules: [schedule],
    slots: slotBook(app),
    skipped: { take: async () => 0 },
    ask: async (message) => void asked.push(message),
    wake: async (workloads) => void woken.push(...workloads),
    pauses: pauseBook(app),
    switch: async (change) => void switched.push(change),
    clock: () => new Date(`2026-11-21T${time}:00Z`),
    untold: alertMailStore(app).overdue,
    forgetCounts: (before) => forgetStreamCounts(app.query, before),
    count: () => undefined,
  });
  return asked.map(({ input }) => (JSON.parse(input) as { scheduledTime: string }).scheduledTime.slice(11, 16));
}

const started = (time: string, started_by = 'schedule') =>
  slotBook(database.app).record({
    schedule: 'w/start',
    scheduled_time: `2026-11-21T${time}:00Z`,
    run: `run-${time}`,
    started_by,
  });

async function states(): Promise<Record<string, string>> {
  const { rows } = await sql<{ at: string; state: string }>`
    SELECT to_char(scheduled_at AT TIME ZONE 'UTC', 'HH24:MI') AS at, state FROM platform.slots
    ORDER BY scheduled_at`.execute(database.app.query);
  return Object.fromEntries(rows.map(({ at, state }) => [at, state]));
}

async function ledger(): Promise<unknown[]> {
  const { rows } = await sql`
    SELECT source_kind, source_name, reason, state FROM platform.failures ORDER BY natural_key`.execute(
    database.app.query,
  );
  return rows;
}

test('slots from before the schedule was first seen are not missed', async () => {
  expect(await look(hourly('run-all'), '09:30')).toEqual([]);
  expect(await states()).toEqual({});
});

test('a slot that was run is left alone', async () => {
  await look(hourly('run-all'), '09:30');
  await started('10:00');

  expect(await look(hourly('run-all'), '10:30')).toEqual([]);
  expect(await states()).toEqual({ '10:00': 'started' });
});

test('a slot within its grace is not missed yet', async () => {
  await look(hourly('run-all'), '09:30');

  expect(await look(hourly('run-all'), '10:09')).toEqual([]);
  expect(await look(hourly('run-all'), '10:10')).toEqual(['10:00']);
});

test.each([
  ['run-all', ['10:00', '11:00', '12:00'], { '10:00': 'missed', '11:00': 'missed', '12:00': 'missed' }],
  ['run-once', ['12:00'], { '10:00': 'skipped', '11:00': 'skipped', '12:00': 'missed' }],
  ['skip', [], { '10:00': 'skipped', '11:00': 'skipped', '12:00': 'skipped' }],
] as const)('%s: of three missed slots it starts what it says', async (policy, asked, kept) => {
  await look(hourly(policy), '09:30');

  expect(await look(hourly(policy), '12:30')).toEqual(asked);
  expect(await states()).toEqual(kept);
  // Asked for once: the start is on its way.
  expect(await look(hourly(policy), '12:31')).toEqual([]);
});

test('a missed slot is in the ledger until it is caught up', async () => {
  await look(hourly('run-once'), '09:30');
  await look(hourly('run-once'), '10:30');

  expect(woken).toEqual(['w']);
  expect(await ledger()).toEqual([
    { source_kind: 'schedule', source_name: 'start', reason: 'SlotMissed', state: 'open' },
  ]);

  await started('10:00', 'keeper');
  expect(await ledger()).toMatchObject([{ state: 'resolved' }]);
  expect(await states()).toEqual({ '10:00': 'caught-up' });
});

test('a missed slot that a newer one stands for by now is open in the ledger no longer', async () => {
  await look(hourly('run-once'), '09:30');
  await look(hourly('run-once'), '10:30');
  await look(hourly('run-once'), '11:30');

  expect(await states()).toEqual({ '10:00': 'skipped', '11:00': 'missed' });
  expect(await ledger()).toMatchObject([{ state: 'resolved' }, { state: 'open' }]);
});

test('a start that got lost is asked for again after an hour, five times at most', async () => {
  await look(hourly('run-once', { at: 'cron(0 10 * * ? *)' }), '09:30');
  const asked: string[][] = [];
  for (const time of ['10:30', '11:29', '11:30', '12:30', '13:30', '14:30', '15:30', '16:30'])
    asked.push(await look(hourly('run-once', { at: 'cron(0 10 * * ? *)' }), time));

  expect(asked.map((slots) => slots.length)).toEqual([1, 0, 1, 1, 1, 1, 0, 0]);
  expect(await states()).toEqual({ '10:00': 'missed' });
});

test('the schedule and the keeper start one slot at once: one row, of the first who told', async () => {
  await look(hourly('run-once'), '09:30');
  await look(hourly('run-once'), '10:30');

  await Promise.all([started('10:00'), started('10:00', 'keeper'), started('10:00')]);

  const { rows } = await sql`SELECT run, started_at FROM platform.slots`.execute(database.app.query);
  expect(rows).toMatchObject([{ run: 'run-10:00' }]);
});

test('two looks at once find a missed slot once', async () => {
  const other = database.another();
  await look(hourly('run-all'), '09:30');

  const asked = await Promise.all([look(hourly('run-all'), '11:30'), look(hourly('run-all'), '11:30', other)]);

  expect(asked.flat().toSorted()).toEqual(['10:00', '11:00']);
});

test('a look whose starts can’t be sent changes nothing, and the next finds all', async () => {
  await look(hourly('run-all'), '09:30');
  const broken = slotBook(database.app).settle(hourly('run-all'), new Date('2026-11-21T11:30:00Z'), {
    ask: async () => {
      throw new Error('the queue is away');
    },
    wake: async () => undefined,
  });

  await expect(broken).rejects.toThrow('the queue is away');
  expect(await states()).toEqual({});
  expect(await look(hourly('run-all'), '11:30')).toEqual(['10:00', '11:00']);
});

test('a schedule that is switched off misses nothing, also not afterwards', async () => {
  await look(hourly('run-all'), '09:30');
  await look(hourly('run-all', { enabled: false }), '12:30');

  expect(await look(hourly('run-all'), '13:30')).toEqual(['13:00']);
});

test('a new expression holds from the last look on', async () => {
  await look(hourly('run-all'), '09:30');
  await look(hourly('run-all'), '10:30');
  await started('10:00', 'keeper');

  expect(await look(hourly('run-all', { at: 'cron(15 * * * ? *)' }), '11:30')).toEqual(['11:15']);
});

test('one schedule that can’t be read fails the look, and hides no other', async () => {
  const schedules = [hourly('run-all', { name: 'w/broken', at: 'cron(nonsense)' }), hourly('run-all')];
  const looks = (time: string) =>
    keepSlots({
      schedules,
      slots: slotBook(database.app),
      skipped: { take: async () => 0 },
      ask: async () => undefined,
      wake: async () => undefined,
      pauses: pauseBook(database.app),
      switch: async () => undefined,
      clock: () => new Date(`2026-11-21T${time}:00Z`),
      untold: alertMailStore(database.app).overdue,
      forgetCounts: async () => undefined,
      count: () => undefined,
    });

  await expect(looks('09:30')).rejects.toThrow();
  await expect(looks('11:30')).rejects.toThrow();

  expect(await states()).toEqual({ '10:00': 'missed', '11:00': 'missed' });
});

test('what no mail has told for a day wakes the mailer, what is younger waits to ride along', async () => {
  const { query } = database.admin;
  for (const [workload, recorded] of [
    ['old', '2026-11-20T09:00:00Z'],
    ['young', '2026-11-20T11:00:00Z'],
  ])
    await sql`
      INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, reason, message, input, attributes,
        occurred_at, recorded_at)
      VALUES (${workload}, ${workload}, 'queue', 'q', 'R', 'm', '', '{}', ${recorded}, ${recorded})`.execute(query);

  await look(hourly('skip'), '10:00');

  expect(woken).toEqual(['old']);
});

/** Somebody holds the schedule back for a span of 2026-11-21; without an end until now. */
const paused = (from: string, to?: string) =>
  sql`INSERT INTO platform.pauses (schedule, paused_at, paused_by, resumed_at, resumed_by)
    VALUES ('w/start', ${`2026-11-21T${from}:00Z`}, 'mei', ${to === undefined ? null : `2026-11-21T${to}:00Z`},
      ${to === undefined ? null : 'mei'})`.execute(database.admin.query);

test('slots within a pause are neither missed nor caught up, those before and after it are', async () => {
  const schedule = hourly('run-all', { graceMinutes: 75 });
  await look(schedule, '09:30');
  await paused('10:30', '12:00');

  // By now the pause is over, and nothing since nine is settled: the slot of eleven was held back.
  expect(await look(schedule, '13:30')).toEqual(['10:00', '12:00']);
  expect(await states()).toEqual({ '10:00': 'missed', '12:00': 'missed' });
});

test('while a schedule is paused nothing of it is asked for, not even what was missed before', async () => {
  await look(hourly('run-all'), '09:30');
  await paused('10:05');

  expect(await look(hourly('run-all'), '11:30')).toEqual([]);
  expect(await states()).toEqual({ '10:00': 'missed' });
  await sql`UPDATE platform.pauses SET resumed_at = '2026-11-21T11:40Z', resumed_by = 'mei'`.execute(
    database.admin.query,
  );
  expect(await look(hourly('run-all'), '11:45')).toEqual(['10:00']);
});

test('the keeper says again how paused and resumed schedules have to stand', async () => {
  await look(hourly('run-all'), '09:30');
  expect(switched).toEqual([]);
  await paused('10:05');
  await look(hourly('run-all'), '10:20');
  await sql`UPDATE platform.pauses SET resumed_at = '2026-11-21T11:00Z', resumed_by = 'mei'`.execute(
    database.admin.query,
  );
  await look(hourly('run-all'), '11:05');
  // What the environment has switched off stays so.
  await look(hourly('run-all', { enabled: false }), '11:06');

  expect(switched).toEqual([
    { schedule: 'w/start', on: false },
    { schedule: 'w/start', on: true },
  ]);
});

test('counts of streams go when they are older than 400 days', async () => {
  await sql`TRUNCATE platform.stream_counts`.execute(database.admin.query);
  for (const at of ['2025-10-17T09:00Z', '2025-10-17T11:00Z', '2026-11-21T09:00Z'])
    await sql`
      INSERT INTO platform.stream_counts (workload, source, at, rows_out, rows_filtered, rows_failed)
      VALUES ('tagger', 'tag-messages', ${at}, 1, 0, 0)`.execute(database.admin.query);

  await look(hourly('run-all'), '10:00');

  const { rows } = await sql<{ at: Date }>`SELECT at FROM platform.stream_counts ORDER BY at`.execute(
    database.app.query,
  );
  expect(rows.map(({ at }) => at.toISOString().slice(0, 13))).toEqual(['2025-10-17T11', '2026-11-21T09']);
});
