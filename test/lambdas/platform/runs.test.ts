import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAnswer } from '../../../lambdas/platform/contract.ts';
import { addCounts, closeRun, openRun } from '../../../lambdas/platform/record/run-book.ts';
import { runReader } from '../../../lambdas/platform/runs/run-reader-store.ts';
import { slotBook } from '../../../lambdas/platform/slots/slot-store.ts';
import { runAnswers } from '../../../lambdas/platform/steps/run-answer-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

const ids = {
  done: '01890000-0000-7000-8000-000000000001',
  failed: '01890000-0000-7000-8000-000000000002',
  revoked: '01890000-0000-7000-8000-000000000003',
  waiting: '01890000-0000-7000-8000-000000000004',
} as const;
const statusOf = { done: 'SUCCESS', failed: 'FAILURE', revoked: 'REVOKED', waiting: 'RETRY' } as const;
const page = { start: 0, length: 50 };

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
  const { query } = database.admin;
  await sql`
    INSERT INTO platform.runs (workload, name, kind, execution, state, started_at, ended_at, rows_in, rows_out,
      rows_failed, rows_filtered, rows_waiting)
    VALUES ('presale', '2026-11-21', 'publication', 'publication-2026-11-21', 'succeeded', '2026-11-21T02:01:30Z',
      '2026-11-21T02:10Z', 10, 9, 1, 0, 0)`.execute(query);
  for (const [index, name] of (['done', 'failed', 'revoked', 'waiting'] as const).entries()) {
    const ended = name === 'waiting' ? null : '2026-11-21T02:30:00Z';
    await sql`
      INSERT INTO tasks.tasks (id, username, name, host, status, args, kwargs, input, retries, created_at, ended_at)
      VALUES (${ids[name]}, 'mei', 'tasks.text:tag', 'worker', ${statusOf[name]}, '[]', '{"text":"private"}', '{}', 0,
        ${`2026-11-21T02:0${index}:00Z`}, ${ended})`.execute(query);
  }
  await sql`
    INSERT INTO platform.slots (schedule, scheduled_at, state, workload, run, who, started_at)
    VALUES ('tasks/start-scheduled', '2026-11-20T19:33Z', 'started', 'tasks', ${ids.failed}, 'schedule', '2026-11-20T19:33Z'),
      ('presale/start-publication', '2026-11-21T02:00Z', 'started', 'presale', '2026-11-21', 'schedule', '2026-11-21T02:00Z'),
      ('platform/export-tables', '2026-11-20T20:15Z', 'started', 'platform', 'no uuid', 'schedule', '2026-11-20T20:15Z')`.execute(
    query,
  );
});

afterAll(() => database?.stop());

test('tasks are among the runs, the newest first, and each came to something', async () => {
  const { data, total } = await runReader(database.app).runs(page);

  expect(total).toBe(5);
  expect(data.map(({ name }) => name)).toEqual([ids.waiting, ids.revoked, '2026-11-21', ids.failed, ids.done]);
  expect(
    data.filter(({ workload }) => workload === 'tasks').map(({ state, counts, lost }) => ({ state, counts, lost })),
  ).toEqual(
    (['waiting', 'filtered', 'failed', 'out'] as const).map((place, index) => ({
      state: ['running', 'stopped', 'failed', 'succeeded'][index],
      counts: { in: 1, out: 0, failed: 0, filtered: 0, waiting: 0, [place]: 1 },
      lost: 0,
    })),
  );
  expect(JSON.stringify(data)).not.toContain('private');
});

test('filters hold for both', async () => {
  const { runs } = runReader(database.app);

  expect((await runs({ ...page, workload: 'tasks', state: 'failed' })).data).toMatchObject([{ name: ids.failed }]);
  expect((await runs({ ...page, state: 'succeeded' })).total).toBe(2);
  expect((await runs({ ...page, kind: 'publication' })).total).toBe(1);
  expect((await runs({ ...page, from: '2026-11-21T02:02:00Z' })).total).toBe(2);
  expect((await runs({ ...page, lost: true })).total).toBe(0);
});

test('a run shows its parent, what its parts count together, and nothing lost before it has ended', async () => {
  const own = await startTestDatabase<unknown>();
  try {
    const { query } = own.app;
    const { runs, run } = runReader(own.app);
    const startedAt = new Date('2026-11-21T02:00:00Z');
    await openRun(query, { workload: 'w', name: 'brief', kind: 'brief', startedAt });
    for (const name of ['stage-1', 'stage-2']) {
      await openRun(query, { workload: 'w', name, kind: 'stage', parent: 'brief', startedAt });
      await addCounts(query, { workload: 'w', name, key: 'page', counts: { in: 5, out: 4 } });
    }
    await closeRun(query, { workload: 'w', name: 'stage-1', state: 'partial' });

    expect(await run({ workload: 'w', name: 'brief' })).toMatchObject({
      parent: null,
      parts: { runs: 2, running: 1, counts: { in: 10, out: 8, failed: 0, filtered: 0, waiting: 0 }, lost: 1 },
    });
    const parts = await runs({ ...page, parent: 'brief' });
    expect(parts.data.map(({ name, parent, lost, parts }) => ({ name, parent, lost, parts }))).toEqual([
      { name: 'stage-2', parent: 'brief', lost: null, parts: null },
      { name: 'stage-1', parent: 'brief', lost: 1, parts: null },
    ]);
    expect((await runs({ ...page, lost: true })).data).toMatchObject([{ name: 'stage-1' }]);
    expect((await runs({ ...page, lost: false })).total).toBe(0);
  } finally {
    await own.stop();
  }
});

test('a task is found by its name, a run by name or id', async () => {
  const { run } = runReader(database.app);

  const task = await run({ workload: 'tasks', name: ids.failed });
  expect(task).toMatchObject({ id: null, state: 'failed', detail: { function: 'tasks.text:tag', username: 'mei' } });
  expect(task?.slot).toEqual(new Date('2026-11-20T19:33:00Z'));
  const publication = await run({ workload: 'presale', name: '2026-11-21' });
  expect(await run({ id: publication?.id ?? 0 })).toEqual(publication);
  expect(await run({ workload: 'presale', name: ids.failed })).toBeUndefined();
  expect(await run({ workload: 'tasks', name: 'no uuid' })).toBeUndefined();
});

test('a slot says what became of the task that it was', async () => {
  const { data } = await runReader(database.app).slots(page);

  expect(data.map(({ schedule, run_state }) => [schedule, run_state])).toEqual([
    ['presale/start-publication', 'succeeded'],
    ['platform/export-tables', null],
    ['tasks/start-scheduled', 'failed'],
  ]);
});

test('a schedule that is triggered again for a run that has ended leaves it its slot', async () => {
  await slotBook(database.app).record({
    schedule: 'presale/start-publication',
    scheduled_time: '2026-11-25T08:15:00Z',
    run: '2026-11-21',
    started_by: 'console',
  });

  const run = await runReader(database.app).run({ workload: 'presale', name: '2026-11-21' });
  expect(run?.slot).toEqual(new Date('2026-11-21T02:00:00Z'));
});

test('who has no database is told of a run and its parts by its name, be it a date or an id', async () => {
  const { query } = database.app;
  await openRun(query, { workload: 'answers', name: 'whole', kind: 'brief', startedAt: new Date() });
  await openRun(query, { workload: 'answers', name: 'part', kind: 'task', parent: 'whole', startedAt: new Date() });
  const answer = async (workload: string, name: string) =>
    runAnswer.parse(await runAnswers(database.app)({ workload, name }));

  expect(await answer('presale', '2026-11-21')).toMatchObject({
    run: { execution: 'publication-2026-11-21', state: 'succeeded', started_at: '2026-11-21T02:01:30.000Z' },
    parts: [],
  });
  expect(await answer('tasks', ids.failed)).toMatchObject({ run: { execution: ids.failed, state: 'failed' } });
  expect(await answer('answers', 'whole')).toMatchObject({
    run: { state: 'running', ended_at: null },
    parts: [{ name: 'part', kind: 'task', counts: { in: null }, detail: {} }],
  });
  expect(await answer('presale', 'none')).toEqual({ run: null, parts: [] });
});
