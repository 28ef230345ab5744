import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addCounts,
  closeRun,
  noteWait,
  openRun,
  setCounts,
  sumOfParts,
  waitOf,
} from '../../../../lambdas/platform/record/run-book.ts';
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

test('unknown counts are left open', async () => {
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

test('a piece that is told twice is added once, and the sum is what the run closes with', async () => {
  const run = { workload: 'w', name: 'adding' };
  await openRun(query(), { ...run, kind: 'k', startedAt });

  expect(await addCounts(query(), { ...run, key: 'page-1', counts: { in: 10, waiting: 10 } })).toBe('added');
  expect(await addCounts(query(), { ...run, key: 'page-1', counts: { in: 10, waiting: 10 } })).toBe('known');
  expect(await addCounts(query(), { ...run, key: 'stored-1', counts: { out: 7, failed: 3, waiting: -10 } })).toBe(
    'added',
  );
  expect(await closeRun(query(), { ...run, state: 'succeeded' })).toBe(0);

  const { rows } = await sql`SELECT rows_in, rows_out, rows_failed, rows_filtered, rows_waiting,
    (SELECT count(*) FROM platform.run_additions a WHERE a.run_id = r.id) AS additions
    FROM platform.runs r WHERE name = 'adding'`.execute(query());
  expect(rows).toEqual([{ rows_in: 10, rows_out: 7, rows_failed: 3, rows_filtered: 0, rows_waiting: 0, additions: 0 }]);
});

test('what many add at once is all there, each piece once', async () => {
  const run = { workload: 'w', name: 'crowded' };
  await openRun(query(), { ...run, kind: 'k', startedAt });
  const pieces = Array.from({ length: 40 }, (_, index) => `piece-${index % 20}`);

  // A connection each, or they would come one after the other.
  const workers = Array.from({ length: 8 }, () => database.another());

  const outcomes = await Promise.all(
    pieces.map((key, index) =>
      addCounts((workers[index % 8] ?? database.app).query, { ...run, key, counts: { in: 3, out: 3 } }),
    ),
  );

  expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(20);
  expect(await closeRun(query(), { ...run, state: 'succeeded' })).toBe(0);
  expect(await kept('crowded')).toMatchObject([{ rows_in: 60 }]);
});

test("nothing is added to a run that has ended, that is another execution's, or that nobody opened", async () => {
  const run = { workload: 'w', name: 'over' };
  const one = { key: 'one', counts: { in: 1 } };
  expect(await addCounts(query(), { ...run, ...one })).toBe('closed');
  await openRun(query(), { ...run, execution: 'over-1', kind: 'k', startedAt });
  await addCounts(query(), { ...run, execution: 'over-1', ...one });
  await openRun(query(), { ...run, execution: 'over-2', kind: 'k', startedAt });

  expect(await addCounts(query(), { ...run, execution: 'over-1', ...one })).toBe('closed');
  // The new execution begins at nothing, and its piece of that name is its own.
  expect(await addCounts(query(), { ...run, execution: 'over-2', ...one })).toBe('added');
  expect(await closeRun(query(), { ...run, execution: 'over-2', state: 'failed' })).toBe(1);
  expect(await addCounts(query(), { ...run, execution: 'over-2', key: 'two', counts: { out: 1 } })).toBe('closed');
  expect(await setCounts(query(), { ...run, execution: 'over-2', counts: { out: 1 } })).toBe(false);
  expect(await kept('over')).toMatchObject([{ rows_in: 1, lost: 1 }]);
});

test('counts that are set stand as they are, however often, and leave the others', async () => {
  const run = { workload: 'w', name: 'setting' };
  await openRun(query(), { ...run, kind: 'k', startedAt });
  await addCounts(query(), { ...run, key: 'in', counts: { in: 5 } });

  for (let time = 0; time < 2; time += 1) expect(await setCounts(query(), { ...run, counts: { out: 4 } })).toBe(true);

  expect(await closeRun(query(), { ...run, state: 'succeeded' })).toBe(1);
});

test('a parent knows what its parts count together; those of another workload are not its parts', async () => {
  const parent = 'brief';
  await openRun(query(), { workload: 'w', name: parent, kind: 'brief', startedAt });
  for (const [workload, name] of [
    ['w', 'stage-1'],
    ['w', 'stage-2'],
    ['other', 'stage-3'],
  ] as const) {
    await openRun(query(), { workload, name, kind: 'stage', parent, startedAt });
    await addCounts(query(), { workload, name, key: 'all', counts: { in: 5, out: 5 } });
  }
  await closeRun(query(), { workload: 'w', name: 'stage-1', state: 'succeeded' });

  const sum = await sumOfParts(query(), { workload: 'w', name: parent });

  expect(sum).toEqual({ runs: 2, running: 1, counts: { in: 10, out: 10, failed: 0, filtered: 0, waiting: 0 } });
  expect(await closeRun(query(), { workload: 'w', name: parent, state: 'succeeded', counts: sum.counts })).toBe(0);
});

/** What is told of the wait of one run. */
async function waitTold(name: string) {
  const { rows } = await sql`SELECT ${waitOf('r')} FROM platform.runs r WHERE name = ${name}`.execute(query());
  return rows[0];
}

test('a run tells what it waits for until then, and nothing once that has passed, it has ended, or it begins anew', async () => {
  const run = { workload: 'w', name: 'patient', execution: 'patient-1' };
  const none = { waits_for: null, waits_until: null };
  const until = new Date('2999-01-01T00:00:00Z');
  await openRun(query(), { ...run, kind: 'k', startedAt });
  expect(await waitTold('patient')).toEqual(none);

  await noteWait(query(), { ...run, reason: 'It is not out yet.', until });
  expect(await waitTold('patient')).toEqual({ waits_for: 'It is not out yet.', waits_until: until });
  await noteWait(query(), { ...run, execution: 'patient-0', reason: 'Of an older execution.', until });
  expect(await waitTold('patient')).toMatchObject({ waits_for: 'It is not out yet.' });

  await noteWait(query(), { ...run, reason: 'Over.', until: new Date('2026-01-01T00:00:00Z') });
  expect(await waitTold('patient')).toEqual(none);

  await noteWait(query(), { ...run, reason: 'Counties are missing.', until });
  await closeRun(query(), { ...run, state: 'failed' });
  expect(await waitTold('patient')).toEqual(none);
  await openRun(query(), { ...run, execution: 'patient-2', kind: 'k', startedAt });
  expect(await waitTold('patient')).toEqual(none);
});
