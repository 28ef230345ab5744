import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordFailures } from '#record/failure-ledger.ts';
import { closeRun, openRun } from '#record/run-book.ts';
import type { KeptSchedule } from '../../../lambdas/platform/contract.ts';
import { overviewReader } from '../../../lambdas/platform/overview/overview-store.ts';
import { savedQueries } from '../../../lambdas/platform/query/saved-queries-store.ts';
import { backfillPlanner } from '../../../lambdas/platform/runs/plan-backfill-store.ts';
import { runReader } from '../../../lambdas/platform/runs/run-reader-store.ts';
import { pauseBook } from '../../../lambdas/platform/schedules/pause-store.ts';
import { scheduleReader } from '../../../lambdas/platform/schedules/schedule-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { printed } from '../../support/lambda.ts';
import { type AskRuns, runsApiWith } from './runs-api.ts';

// 10:30 at the time of UTC on a day of its own.
const now = new Date('2026-11-21T10:30:00Z');
const schedule: KeptSchedule = {
  name: 'presale/start-publication',
  at: 'cron(0 10 1,11,21 * ? *)',
  zone: 'Asia/Taipei',
  catchUp: 'run-once',
  graceMinutes: 120,
  enabled: true,
  door: 'arn:aws:lambda:r:0:function:door',
};

let database: TestDatabase<unknown>;
let ask: AskRuns;

beforeAll(async () => {
  database = await startTestDatabase();
  const clock = () => now;
  const schedules = [schedule, { ...schedule, name: 'tagger/off', enabled: false }];
  ask = runsApiWith({
    reader: runReader(database.app),
    plan: backfillPlanner(database.app, { schedules, clock, send: async () => undefined }),
    overview: overviewReader(database.app),
    standings: scheduleReader(database.app),
    pauses: pauseBook(database.app),
    saved: savedQueries(database.app),
    start: async () => undefined,
    switch: async () => undefined,
    workloads: ['presale', 'tagger', 'briefs', 'platform'],
    schedules,
    clock,
  });
});

afterAll(() => database?.stop());

beforeEach(async () => {
  printed();
  await sql`TRUNCATE platform.stream_counts, platform.runs, platform.slots, platform.schedules, platform.failures RESTART IDENTITY`.execute(
    database.admin.query,
  );
});

interface Sample {
  readonly workload?: string;
  readonly parent?: string;
  readonly out?: number;
  readonly cost?: number;
}

/** A run of ten rows that began then; without `out` it still runs. */
async function ran(name: string, startedAt: string, { workload = 'presale', parent, out, cost }: Sample = {}) {
  const { query } = database.app;
  await openRun(query, { workload, name, kind: 'publication', parent, startedAt: new Date(startedAt) });
  if (out === undefined) return;
  const counts = { in: 10, out, failed: 10 - out, filtered: 0, waiting: 0 };
  await closeRun(query, { workload, name, state: out === 10 ? 'succeeded' : 'partial', counts, costUsd: cost });
}

async function failed(reason: string, occurredAt: string) {
  const failure = {
    naturalKey: `${reason}-${occurredAt}`,
    workload: 'presale',
    sourceKind: 'queue' as const,
    sourceName: 'start',
    reason,
    message: 'm',
    input: '{"private":1}',
    attributes: {},
    occurredAt: new Date(occurredAt),
  };
  await recordFailures(database.app.query, [failure]);
}

const ofPresale = (body: { result: { workloads: { workload: string }[] } }) =>
  body.result.workloads.find(({ workload }) => workload === 'presale');

test('the overview has every workload, with the newest runs and the hours of a day without gaps', async () => {
  await ran('yesterday', '2026-11-20T10:59:59Z', { out: 10 });
  await ran('early', '2026-11-20T11:00:00Z', { out: 10, cost: 0.25 });
  await ran('late', '2026-11-21T10:10:00Z', { out: 7, cost: 0.5 });
  await ran('now', '2026-11-21T10:20:00Z');
  await ran('county', '2026-11-21T10:21:00Z', { parent: 'now', out: 10, cost: 9 });

  const { status, body } = await ask('GET /platform/overview');

  expect(status).toBe(200);
  expect(body.result.workloads.map(({ workload }: { workload: string }) => workload)).toEqual([
    'presale',
    'tagger',
    'briefs',
    'platform',
  ]);
  const presale = ofPresale(body);
  expect(presale).toMatchObject({
    runs: [{ name: 'now', lost: null }, { name: 'late', state: 'partial' }, { name: 'early' }, { name: 'yesterday' }],
    running: 1,
    cost_usd: 0.75,
  });
  const { last_24_hours: hours, last_30_days: days } = presale as unknown as Record<string, { runs: number }[]>;
  expect(hours).toHaveLength(24);
  expect(hours?.[0]).toEqual({
    at: '2026-11-20T11:00:00.000Z',
    runs: 1,
    in: 10,
    out: 10,
    failed: 0,
    filtered: 0,
    lost: 0,
  });
  expect(hours?.[23]).toEqual({
    at: '2026-11-21T10:00:00.000Z',
    runs: 2,
    in: 10,
    out: 7,
    failed: 3,
    filtered: 0,
    lost: 0,
  });
  expect(hours?.slice(1, -1).every(({ runs }) => runs === 0)).toBe(true);
  expect(days).toHaveLength(30);
  expect(days?.slice(-2)).toMatchObject([
    { at: '2026-11-20T00:00:00.000Z', runs: 2, in: 20 },
    { at: '2026-11-21T00:00:00.000Z', runs: 2, in: 10 },
  ]);
});

test('what came by streams is counted beside the runs, with what the ledger has of it', async () => {
  await sql`
    INSERT INTO platform.stream_counts (workload, source, at, rows_in, rows_out, rows_filtered, rows_failed)
    VALUES ('tagger', 'tag-messages', '2026-11-21T09:00:00Z', 12, 8, 0, 1),
      ('tagger', 'tag-messages', '2026-11-21T10:00:00Z', 0, 2, 0, 0),
      -- Without a count of positions: in is the sum of the others.
      ('briefs', 'some-stream', '2026-11-21T10:00:00Z', NULL, 5, 2, 0)`.execute(database.admin.query);
  const place = { workload: 'briefs', sourceKind: 'stream', sourceName: 'some-stream', reason: 'NotJson' } as const;
  const rest = { message: 'm', input: '{}', attributes: {}, occurredAt: new Date('2026-11-21T10:05:00Z') };
  // Of a stream whose positions are counted it is part of them, in whichever hour it was written down.
  const tagged = { ...place, workload: 'tagger', sourceName: 'tag-messages' } as const;
  await recordFailures(database.app.query, [
    { naturalKey: 'stream:1', ...place, ...rest },
    { naturalKey: 'stream:2', ...tagged, ...rest, occurredAt: new Date('2026-11-21T08:59:59Z') },
  ]);
  await ran('beside', '2026-11-21T10:10:00Z', { workload: 'briefs', out: 10 });

  const { body } = await ask('GET /platform/overview');

  const [, tagger, briefs] = body.result.workloads;
  expect(tagger.last_24_hours.slice(-3)).toMatchObject([
    { runs: 0, in: 0, out: 0, filtered: 0, failed: 1 },
    { runs: 0, in: 12, out: 8, filtered: 0, failed: 1 },
    { runs: 0, in: 0, out: 2, filtered: 0, failed: 0 },
  ]);
  expect(tagger.last_30_days.at(-1)).toMatchObject({ in: 12, out: 10, failed: 2 });
  expect(briefs.last_24_hours.at(-1)).toMatchObject({ runs: 1, in: 18, out: 15, filtered: 2, failed: 1 });
  const span = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
  const counts = async (query: Record<string, string>) =>
    (await ask('GET /platform/stream-counts', { query: { ...span, ...query } })).body.result.data;
  expect(await counts({})).toEqual([
    { workload: 'briefs', at: '2026-11-21T00:00:00.000Z', in: 8, out: 5, filtered: 2, failed: 1 },
    { workload: 'tagger', at: '2026-11-21T00:00:00.000Z', in: 12, out: 10, filtered: 0, failed: 2 },
  ]);
  expect(await counts({ workload: 'tagger', step: 'hour' })).toMatchObject([
    { at: '2026-11-21T08:00:00.000Z', failed: 1 },
    { at: '2026-11-21T09:00:00.000Z', in: 12 },
    { at: '2026-11-21T10:00:00.000Z', out: 2 },
  ]);
});

test('a month in which no run has an estimate has no cost, rather than none to pay', async () => {
  await ran('last month', '2026-10-31T23:59:59Z', { out: 10, cost: 3 });
  await ran('free', '2026-11-01T00:00:00Z', { out: 10 });

  expect(ofPresale((await ask('GET /platform/overview')).body)).toMatchObject({ cost_usd: null });
});

test('open failures are told by reason, to those alone who may see the ledger', async () => {
  await failed('Away', '2026-11-21T08:00:00Z');
  await failed('Away', '2026-11-21T09:00:00Z');
  await failed('Wrong', '2026-11-21T09:30:00Z');
  await failed('Old', '2026-11-19T09:30:00Z');
  await sql`UPDATE platform.failures SET state = 'resolved' WHERE reason = 'Old'`.execute(database.admin.query);

  const told = await ask('GET /platform/overview');
  expect(ofPresale(told.body)).toMatchObject({
    failures: {
      open: 3,
      reasons: [{ reason: 'Away', count: 2, last_at: '2026-11-21T09:00:00.000Z' }, { reason: 'Wrong' }],
    },
  });
  expect(JSON.stringify(told.body)).not.toContain('private');
  const untold = await ask('GET /platform/overview', { caller: { permissions: [] } });
  expect(untold.status).toBe(200);
  expect(ofPresale(untold.body)).toMatchObject({ failures: null });
});

test('missed slots and the next slots are told of enabled schedules', async () => {
  const { query } = database.admin;
  await sql`
    INSERT INTO platform.schedules (name, expression, time_zone, catch_up, enabled, first_seen_at, settled_to)
    VALUES (${schedule.name}, ${schedule.at}, ${schedule.zone}, 'run-once', TRUE, now(), now())`.execute(query);
  await sql`
    INSERT INTO platform.slots (schedule, scheduled_at, state, who, missed_at)
    VALUES (${schedule.name}, '2026-11-11T02:00Z', 'started', 'schedule', NULL),
      (${schedule.name}, '2026-11-21T02:00Z', 'missed', 'keeper', '2026-11-21T04:00Z')`.execute(query);

  const { body } = await ask('GET /platform/overview');

  expect(ofPresale(body)).toMatchObject({
    slots: [{ state: 'missed' }, { state: 'started' }],
    missed: [{ schedule: schedule.name, scheduled_at: '2026-11-21T02:00:00.000Z' }],
    next: [
      { schedule: schedule.name, at: '2026-12-01T02:00:00.000Z' },
      { at: '2026-12-11T02:00:00.000Z' },
      { at: '2026-12-21T02:00:00.000Z' },
      { at: '2027-01-01T02:00:00.000Z' },
      { at: '2027-01-11T02:00:00.000Z' },
    ],
  });
  expect(body.result.workloads[1]).toMatchObject({ workload: 'tagger', next: [] });
});

test('runs and failures are counted by hour or day within a span, by what is asked for', async () => {
  await ran('early', '2026-11-20T11:00:00Z', { out: 10 });
  await ran('late', '2026-11-21T10:10:00Z', { out: 7 });
  await ran('other', '2026-11-21T10:20:00Z', { workload: 'briefs', out: 10 });
  await failed('Away', '2026-11-21T08:00:00Z');
  await failed('Away', '2026-11-21T08:59:59Z');
  await failed('Wrong', '2026-11-21T09:00:00Z');
  const span = { from: '2026-11-20T00:00:00+08:00', to: '2026-11-22T00:00:00Z' };

  const runs = await ask('GET /platform/run-counts', { query: { ...span, workload: 'presale' } });
  expect(runs.body.result.data).toEqual([
    expect.objectContaining({ at: '2026-11-20T00:00:00.000Z', runs: 1, in: 10, states: { succeeded: 1 } }),
    expect.objectContaining({ at: '2026-11-21T00:00:00.000Z', runs: 1, failed: 3, states: { partial: 1 } }),
  ]);
  const failures = await ask('GET /platform/failure-counts', { query: { ...span, step: 'hour' } });
  expect(failures.body.result.data).toEqual([
    { workload: 'presale', reason: 'Away', at: '2026-11-21T08:00:00.000Z', count: 2 },
    { workload: 'presale', reason: 'Wrong', at: '2026-11-21T09:00:00.000Z', count: 1 },
  ]);
  const some = { ...span, step: 'hour', reason: 'Wrong' };
  expect((await ask('GET /platform/failure-counts', { query: some })).body.result.data).toHaveLength(1);
});

test('a span that ends before it begins, or has more steps than a page can show, is refused in words', async () => {
  const refused = async (query: Record<string, string>) => {
    const { status, body } = await ask('GET /platform/run-counts', { query });
    expect(status).toBe(400);
    return JSON.stringify(body);
  };

  expect(await refused({ from: '2026-11-21T00:00:00Z', to: '2026-11-21T00:00:00Z' })).toContain('Must lie after from.');
  const years = { from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' };
  expect(await refused({ ...years, step: 'hour' })).toContain('More than 768 steps');
  expect((await ask('GET /platform/failure-counts', { caller: { permissions: [] } })).status).toBe(403);
});
