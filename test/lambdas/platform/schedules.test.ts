import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { startSchedules } from 'one-machine/services/schedules.ts';
import type { ScheduleModel } from 'one-machine/template/model.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { switchSchedule } from '../../../lambdas/adapters/schedule-switch.ts';
import type { KeptSchedule, ScheduleSwitch, StartMessage } from '../../../lambdas/platform/contract.ts';
import { overviewReader } from '../../../lambdas/platform/overview/overview-store.ts';
import { savedQueries } from '../../../lambdas/platform/query/saved-queries-store.ts';
import { backfillPlanner } from '../../../lambdas/platform/runs/plan-backfill-store.ts';
import { runReader } from '../../../lambdas/platform/runs/run-reader-store.ts';
import { pauseBook } from '../../../lambdas/platform/schedules/pause-store.ts';
import { scheduleReader } from '../../../lambdas/platform/schedules/schedule-store.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { printed } from '../../support/lambda.ts';
import { type AskRuns, runsApiWith } from './runs-api.ts';

const now = new Date('2026-11-21T10:30:00.400Z');
const hourly: KeptSchedule = {
  name: 'w/hourly',
  at: 'cron(0 * * * ? *)',
  zone: 'UTC',
  catchUp: 'run-once',
  graceMinutes: 10,
  enabled: true,
  door: 'arn:aws:lambda:r:0:function:door',
};
const schedules = [
  hourly,
  { ...hourly, name: 'w/daily', at: 'cron(0 3 * * ? *)' },
  { ...hourly, name: 'w/off', enabled: false },
  { ...hourly, name: 'other/off', enabled: false },
];

let database: TestDatabase<unknown>;
let ask: AskRuns;
let started: StartMessage[];
let switched: ScheduleSwitch[];
let isAway = false;

beforeAll(async () => {
  database = await startTestDatabase();
  const clock = () => now;
  ask = runsApiWith({
    reader: runReader(database.app),
    plan: backfillPlanner(database.app, { schedules, clock, send: async () => undefined }),
    overview: overviewReader(database.app),
    standings: scheduleReader(database.app),
    pauses: pauseBook(database.app),
    saved: savedQueries(database.app),
    start: async (message) => void started.push(message),
    switch: async (change) => {
      if (isAway) throw new Error('The queue is away');
      switched.push(change);
    },
    workloads: ['w'],
    schedules,
    clock,
  });
});

afterAll(() => database?.stop());

beforeEach(async () => {
  printed();
  started = [];
  switched = [];
  isAway = false;
  await sql`TRUNCATE platform.pauses, platform.slots, platform.schedules`.execute(database.admin.query);
});

const listed = async (name: string) => {
  const { body } = await ask('GET /platform/schedules');
  return body.result.data.find(({ schedule }: { schedule: string }) => schedule === name);
};

test('schedules are listed with what is known of their last slot and when the next are', async () => {
  const { query } = database.admin;
  await sql`
    INSERT INTO platform.schedules (name, expression, time_zone, catch_up, enabled, first_seen_at, settled_to)
    VALUES ('w/hourly', 'x', 'UTC', 'run-once', TRUE, now(), now())`.execute(query);
  await sql`
    INSERT INTO platform.slots (schedule, scheduled_at, state, workload, run, who)
    VALUES ('w/hourly', '2026-11-21T09:00Z', 'missed', NULL, NULL, 'keeper'),
      ('w/hourly', '2026-11-21T10:00Z', 'started', 'w', 'r', 'schedule')`.execute(query);

  expect(await listed('w/hourly')).toMatchObject({
    workload: 'w',
    paused: null,
    last: { scheduled_at: '2026-11-21T10:00:00.000Z', state: 'started', run: 'r', run_state: null },
    missed: 1,
    next: ['2026-11-21T11:00:00.000Z', '2026-11-21T12:00:00.000Z', '2026-11-21T13:00:00.000Z'],
  });
  expect(await listed('w/off')).toMatchObject({ enabled: false, last: null, missed: 0, next: [] });
});

test('a schedule is paused once, with who and why, and goes on when it is told', async () => {
  const path = { workload: 'w', name: 'hourly' };
  const given = { path, body: { note: 'The site is away', who: 'Mei' } };

  expect((await ask('POST /platform/schedules/{workload}/{name}/pause', given)).body.result.changed).toEqual([
    'w/hourly',
  ]);
  expect((await ask('POST /platform/schedules/{workload}/{name}/pause', given)).body.result.changed).toEqual([]);
  expect(await listed('w/hourly')).toMatchObject({ paused: { by: 'mei:Mei', note: 'The site is away' }, next: [] });
  const { body: overview } = await ask('GET /platform/overview');
  expect(overview.result.workloads[0].paused).toMatchObject([{ schedule: 'w/hourly', note: 'The site is away' }]);
  expect(overview.result.workloads[0].next.every(({ schedule }: { schedule: string }) => schedule === 'w/daily')).toBe(
    true,
  );

  const resumed = await ask('POST /platform/schedules/{workload}/{name}/resume', { path, body: {} });
  expect(resumed.body.result.changed).toEqual(['w/hourly']);
  expect(await listed('w/hourly')).toMatchObject({ paused: null });
  expect(switched).toEqual([
    { schedule: 'w/hourly', on: false },
    { schedule: 'w/hourly', on: true },
  ]);
});

test('all schedules of a workload are paused and resumed together, but for those that are off', async () => {
  const path = { workload: 'w' };

  const paused = await ask('POST /platform/schedules/{workload}/pause', { path });
  expect(paused.body.result.changed).toEqual(['w/daily', 'w/hourly']);
  const resumed = await ask('POST /platform/schedules/{workload}/resume', { path });
  expect(resumed.body.result.changed).toEqual(['w/daily', 'w/hourly']);
  expect(switched.map(({ schedule, on }) => `${schedule} ${on}`)).toEqual([
    'w/daily false',
    'w/hourly false',
    'w/daily true',
    'w/hourly true',
  ]);
  expect((await ask('POST /platform/schedules/{workload}/pause', { path: { workload: 'other' } })).status).toBe(409);
  expect((await ask('POST /platform/schedules/{workload}/pause', { path: { workload: 'none' } })).status).toBe(404);
});

test('a pause is undone when its listeners cannot be told', async () => {
  isAway = true;

  const { status } = await ask('POST /platform/schedules/{workload}/pause', { path: { workload: 'w' } });

  expect(status).toBe(500);
  expect(await listed('w/hourly')).toMatchObject({ paused: null });
});

test('a schedule is run now by the door that its slots take, to the second', async () => {
  const path = { workload: 'w', name: 'hourly' };

  const { status, body } = await ask('POST /platform/schedules/{workload}/{name}/run', { path, body: { who: 'Mei' } });

  expect(status).toBe(202);
  expect(body.result).toEqual({ schedule: 'w/hourly', scheduled_at: '2026-11-21T10:30:00.000Z' });
  expect(started.map(({ door, input }) => [door, JSON.parse(input)])).toEqual([
    [hourly.door, { scheduledTime: '2026-11-21T10:30:00Z', schedule: 'w/hourly', started_by: 'mei:Mei' }],
  ]);
  const unknown = await ask('POST /platform/schedules/{workload}/{name}/run', { path: { workload: 'w', name: 'x' } });
  expect(unknown.status).toBe(404);
});

test('the calendar has what was and what is to come, each once', async () => {
  await sql`
    INSERT INTO platform.slots (schedule, scheduled_at, state, who)
    VALUES ('w/hourly', '2026-11-21T10:00Z', 'started', 'schedule'), ('w/hourly', '2026-11-21T09:00Z', 'missed', 'keeper'),
      ('w/hourly', '2026-11-21T08:59:59Z', 'started', 'mei')`.execute(database.admin.query);
  const slots = async (query: Record<string, string>) => {
    const { status, body } = await ask('GET /platform/schedules/slots', { query });
    const data: { schedule: string; scheduled_at: string; state: string }[] = body.result?.data ?? [];
    return { status, slots: data.map((slot) => `${slot.schedule} ${slot.scheduled_at.slice(11, 16)} ${slot.state}`) };
  };
  const span = { from: '2026-11-21T09:00:00Z', to: '2026-11-21T13:00:00Z' };

  expect((await slots(span)).slots).toEqual([
    'w/hourly 12:00 planned',
    'w/hourly 11:00 planned',
    'w/hourly 10:00 started',
    'w/hourly 09:00 missed',
  ]);
  await ask('POST /platform/schedules/{workload}/pause', { path: { workload: 'w' } });
  expect((await slots({ ...span, schedule: 'w/hourly' })).slots[0]).toBe('w/hourly 12:00 paused');
  expect((await slots({ ...span, workload: 'other' })).slots).toEqual([]);
  expect((await slots({ ...span, to: '2099-01-01T00:00:00Z' })).status).toBe(400);
  expect((await slots({ from: span.to, to: span.from })).status).toBe(400);
});

test('EventBridge Scheduler is told, keeps it over a restart, and forgets it where the template changes its mind', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-schedules-'));
  const model: ScheduleModel = {
    name: 's',
    expression: 'cron(0 * * * ? *)',
    timeZone: 'UTC',
    enabled: true,
    target: 'arn:aws:lambda:r:0:function:door',
    input: '{"a":1}',
    retries: 3,
    deadLetter: 'arn:aws:sqs:r:0:dead',
  };
  const serve = (changes: Partial<ScheduleModel> = {}) =>
    startSchedules({
      credentials: [testCredentials],
      file: join(directory, 'schedules.json'),
      schedules: [{ ...model, ...changes }],
    });
  const first = await serve();
  useLocalAws({ AWS_ENDPOINT_URL_SCHEDULER: first.url });

  await switchSchedule('group/s', false);
  expect(first.isEnabled('s')).toBe(false);
  await expect(switchSchedule('group/none', false)).rejects.toThrow('does not exist');
  await first.stop();

  const changed = await serve({ enabled: false });
  expect(changed.isEnabled('s')).toBe(false);
  await changed.stop();
  const second = await serve();
  expect(second.isEnabled('s')).toBe(false);
  await second.stop();
  await rm(directory, { recursive: true });
});

test('a query is saved by name, replaced and removed; callers bound to tenants see none', async () => {
  const path = { name: 'deals by county' };
  const listed = async () => (await ask('GET /platform/saved-queries')).body.result.data;
  for (const sql of ['SELECT 1', 'SELECT 2'])
    expect((await ask('PUT /platform/saved-queries/{name}', { path, body: { sql } })).status).toBe(200);

  expect(await listed()).toMatchObject([{ name: 'deals by county', sql: 'SELECT 2', saved_by: 'mei' }]);
  const caller = { permissions: ['operate'], tenants: ['shop'] } as const;
  expect((await ask('GET /platform/saved-queries', { caller })).status).toBe(403);
  expect((await ask('GET /platform/saved-queries', { caller: { permissions: [] } })).status).toBe(403);
  expect((await ask('DELETE /platform/saved-queries/{name}', { path })).status).toBe(200);
  expect((await ask('DELETE /platform/saved-queries/{name}', { path })).status).toBe(404);
  expect(await listed()).toEqual([]);
});
