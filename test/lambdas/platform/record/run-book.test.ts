import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun, openRun } from '../../../../lambdas/platform/record/run-book.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

const counts = { in: 10, out: 6, failed: 2, filtered: 1, waiting: 1 };
const startedAt = new Date('2026-11-21T02:00:00Z');
const query = () => database.app.query;

async function kept(name: string) {
  const { rows } = await sql`
    SELECT state, execution, rows_in, lost, started_at, ended_at IS NOT NULL AS ended
    FROM platform.runs WHERE name = ${name}`.execute(query());
  return rows;
}

test('a run whose counts add up has lost nothing', async () => {
  await openRun(query(), { workload: 'w', name: 'sound', kind: 'k', startedAt });

  expect(await closeRun(query(), { workload: 'w', name: 'sound', state: 'succeeded', counts })).toBe(0);
  expect(await kept('sound')).toMatchObject([{ state: 'succeeded', rows_in: 10, lost: 0, ended: true }]);
});

test('a run that lost rows says how many', async () => {
  await openRun(query(), { workload: 'w', name: 'leaky', kind: 'k', startedAt });

  const lost = await closeRun(query(), {
    workload: 'w',
    name: 'leaky',
    state: 'succeeded',
    counts: { ...counts, out: 3 },
  });

  expect(lost).toBe(3);
});

test('nothing is claimed about counts that nobody knows', async () => {
  await openRun(query(), { workload: 'w', name: 'dark', kind: 'k', startedAt });

  expect(await closeRun(query(), { workload: 'w', name: 'dark', state: 'failed' })).toBeUndefined();
  expect(await kept('dark')).toMatchObject([{ state: 'failed', rows_in: null, lost: null }]);
});

test('an opening that is told twice, also after the end, opens once', async () => {
  const run = { workload: 'w', name: 'twice', execution: 'twice-1' };
  await openRun(query(), { ...run, kind: 'k', startedAt });
  await closeRun(query(), { ...run, state: 'succeeded', counts });

  await openRun(query(), { ...run, kind: 'k', startedAt: new Date('2026-11-22T02:00:00Z') });

  expect(await kept('twice')).toMatchObject([{ state: 'succeeded', started_at: startedAt }]);
});

test('a run that is started again is one row, which the earlier execution no longer closes', async () => {
  const run = { workload: 'w', name: 'again' };
  await openRun(query(), { ...run, execution: 'again-1', kind: 'k', startedAt });
  await closeRun(query(), { ...run, execution: 'again-1', state: 'failed' });
  await openRun(query(), { ...run, execution: 'again-2', kind: 'k', startedAt });

  expect(await closeRun(query(), { ...run, execution: 'again-1', state: 'failed' })).toBeUndefined();
  expect(await kept('again')).toMatchObject([{ state: 'running', execution: 'again-2', ended: false }]);
});
