import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { failureFrom } from '../../../../lambdas/platform/failures/dead-letter.ts';
import type { NewFailure } from '../../../../lambdas/platform/failures/failure.ts';
import { failureRecorder } from '../../../../lambdas/platform/failures/recorder-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { edges, letter } from './letters.ts';

interface Row {
  readonly id: number;
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

const record = (through = database.app) =>
  failureRecorder(through, { put: async (key, body) => void objects.set(key, String(body)) });

async function rows(): Promise<Row[]> {
  return (await sql<Row>`SELECT * FROM platform.failures ORDER BY id`.execute(database.app.query)).rows;
}

const sample = (changes: Partial<NewFailure> = {}) => ({
  ...failureFrom(letter({ body: '{"a":1}' }), edges),
  ...changes,
});

test('a failure told twice is one row', async () => {
  expect(await record()(sample())).toBe('new');
  expect(await record()(sample())).toBe('known');
  expect(await rows()).toMatchObject([{ input: '{"a":1}', input_key: null, state: 'open', replay_of: null }]);
});

test('told twice at once it is one row, too', async () => {
  const told = await Promise.all([database.app, database.another()].map((through) => record(through)(sample())));

  expect(told.toSorted()).toEqual(['known', 'new']);
});

test('an input above 32 KB lies in the bucket, byte for byte', async () => {
  const input = '字'.repeat(11_000);
  await record()(sample({ input }));

  const [row] = await rows();
  expect(row).toMatchObject({ input: null, input_key: expect.stringMatching(/^platform\/failures\/[0-9a-f]{64}$/) });
  expect(objects.get(row?.input_key ?? '')).toBe(input);
});

test('an input of exactly 32 KB stays in the row', async () => {
  await record()(sample({ input: 'x'.repeat(32 * 1024) }));

  expect(objects.size).toBe(0);
});

test('what the database cannot hold is kept all the same', async () => {
  await record()(sample({ message: 'a\0b', input: 'c\0d' }));

  expect(await rows()).toMatchObject([{ message: 'a\u{FFFD}b', input: null }]);
  expect([...objects.values()]).toEqual(['c\0d']);
});

test('a replay that failed again names the first; one of an unknown failure names nobody', async () => {
  await record()(sample());
  await record()(sample({ naturalKey: 'again', replayOf: 1 }));
  await record()(sample({ naturalKey: 'stranger', replayOf: 99 }));

  expect((await rows()).map(({ replay_of }) => replay_of)).toEqual([null, 1, null]);
});
