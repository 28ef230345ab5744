import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NewFailure } from '../../../../lambdas/kit/ledger/failure.ts';
import { recordFailures, resolveFailures } from '../../../../lambdas/platform/record/failure-ledger.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

interface Row {
  readonly id: number;
  readonly natural_key: string;
  readonly input: string | null;
  readonly input_key: string | null;
  readonly message: string;
  readonly state: string;
  readonly replay_of: number | null;
}

let database: TestDatabase<unknown>;
const objects = new Map<string, string>();

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

beforeEach(async () => {
  objects.clear();
  await sql`TRUNCATE platform.failures RESTART IDENTITY`.execute(database.admin.query);
});

const bucket = { put: async (key: string, body: string | Uint8Array) => void objects.set(key, String(body)) };

const record = (failures: readonly NewFailure[], through = database.app) =>
  recordFailures(through.query, failures, bucket);

async function rows(): Promise<Row[]> {
  return (await sql<Row>`SELECT * FROM platform.failures ORDER BY id`.execute(database.app.query)).rows;
}

const sample = (changes: Partial<NewFailure> = {}): NewFailure => ({
  naturalKey: 'step:run-1:W',
  workload: 'presale',
  sourceKind: 'step',
  sourceName: 'load-county',
  reason: 'TransientError',
  message: 'half a file',
  input: '{"a":1}',
  attributes: {},
  occurredAt: new Date('2026-11-21T02:00:00Z'),
  ...changes,
});

test('a failure told twice is one row, also in one telling', async () => {
  expect(await record([sample(), sample({ naturalKey: 'other' }), sample()])).toBe(2);
  expect(await record([sample()])).toBe(0);
  expect(await rows()).toMatchObject([
    { input: '{"a":1}', input_key: null, state: 'open', replay_of: null },
    { natural_key: 'other' },
  ]);
});

test('told twice at once it is one row, too', async () => {
  const told = await Promise.all([database.app, database.another()].map((through) => record([sample()], through)));

  expect(told.toSorted()).toEqual([0, 1]);
});

test('nothing to tell asks nothing of the database', async () => {
  expect(await recordFailures(undefined as never, [])).toBe(0);
});

test('a failure told within a transaction that is rolled back was never told', async () => {
  const work = database.app.transaction(async ({ query }) => {
    await recordFailures(query, [sample()]);
    throw new Error('no');
  });

  await expect(work).rejects.toThrow('no');
  expect(await rows()).toEqual([]);
});

test('an input above 32 KB lies in the bucket, byte for byte', async () => {
  const input = '字'.repeat(11_000);
  await record([sample({ input })]);

  const [row] = await rows();
  expect(row).toMatchObject({ input: null, input_key: expect.stringMatching(/^platform\/failures\/[0-9a-f]{64}$/) });
  expect(objects.get(row?.input_key ?? '')).toBe(input);
});

test('an input of exactly 32 KB stays in the row, and a larger one where there is no bucket', async () => {
  await record([sample({ input: 'x'.repeat(32 * 1024) })]);
  await recordFailures(database.app.query, [sample({ naturalKey: 'large', input: 'x'.repeat(50_000) })]);

  expect(objects.size).toBe(0);
  expect((await rows()).map(({ input }) => input?.length)).toEqual([32_768, 50_000]);
});

test('an input that an execution keeps is named, not copied', async () => {
  await record([sample({ input: '', inputExecution: 'arn:aws:states:r:0:execution:m:n' })]);

  expect(await rows()).toMatchObject([{ input: null, input_execution: 'arn:aws:states:r:0:execution:m:n' }]);
});

test('an input that its teller has put into the bucket is named, not put there again', async () => {
  await record([sample({ input: '', inputKey: 'platform/failures/there' })]);

  expect(await rows()).toMatchObject([{ input: null, input_key: 'platform/failures/there' }]);
  expect(objects.size).toBe(0);
});

test('what the database cannot hold is kept all the same', async () => {
  await record([sample({ message: 'a\0b', reason: 'half \ud83d a pair', input: 'c\0d' })]);

  expect(await rows()).toMatchObject([{ message: 'a\u{FFFD}b', reason: 'half \u{FFFD} a pair', input: null }]);
  expect([...objects.values()]).toEqual(['c\0d']);
});

test('a replay that failed again names the first failure; one of an unknown failure names none', async () => {
  await record([sample()]);
  await record([sample({ naturalKey: 'again', replayOf: 1 }), sample({ naturalKey: 'stranger', replayOf: 99 })]);

  expect((await rows()).map(({ replay_of }) => replay_of)).toEqual([null, 1, null]);
});

test('what is put right is resolved by its key or by the beginning of its keys, in its own workload only', async () => {
  const keys = ['step:run-1:A', 'step:run-1:B', 'step:run-10:A', 'problem:7'];
  await record(keys.map((naturalKey) => sample({ naturalKey })));
  await record([sample({ naturalKey: 'step:run-1:C', workload: 'briefs' })]);
  const states = async () => Object.fromEntries((await rows()).map(({ natural_key, state }) => [natural_key, state]));
  const { query } = database.app;

  expect(await resolveFailures(query, { workload: 'presale', naturalKeyPrefix: 'step:run-1:' }, 'presale')).toBe(2);
  expect(await resolveFailures(query, { workload: 'presale', naturalKeys: ['problem:7', 'none'] }, 'presale')).toBe(1);
  expect(await resolveFailures(query, { workload: 'presale', naturalKeys: ['problem:7'] }, 'presale')).toBe(0);
  expect(await states()).toEqual({
    'step:run-1:A': 'resolved',
    'step:run-1:B': 'resolved',
    'step:run-10:A': 'open',
    'problem:7': 'resolved',
    'step:run-1:C': 'open',
  });
});

test('what a person gave up stays given up', async () => {
  await record([sample()]);
  await sql`UPDATE platform.failures SET state = 'discarded'`.execute(database.admin.query);

  expect(
    await resolveFailures(database.app.query, { workload: 'presale', naturalKeys: ['step:run-1:W'] }, 'presale'),
  ).toBe(0);
});
