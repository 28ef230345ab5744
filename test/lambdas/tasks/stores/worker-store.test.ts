import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reading } from '../../../../lambdas/tasks/stores/worker-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});

afterAll(() => database?.stop());

const insert = `INSERT INTO tasks.keys (username, key, task_id, request_hash, expires_at)
  VALUES ('mei', 'k', '00000000-0000-4000-8000-000000000000', '', now())`;

async function keys(): Promise<number> {
  const { rows } = await sql<{ keys: number }>`SELECT count(*)::int AS keys FROM tasks.keys`.execute(
    database.app.query,
  );
  return rows[0]?.keys ?? -1;
}

test('a function reads what it asks for', async () => {
  const read = reading(database.app);

  expect(await read('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await read('SELECT $1::int + 1 AS two', [1])).toEqual([{ two: 2 }]);
});

test.each([insert, `COMMIT; ${insert}`, `SELECT 1; COMMIT; ${insert}`, 'SET TRANSACTION READ WRITE'])(
  'it writes nothing, however it asks: %s',
  async (statement) => {
    const read = reading(database.app);
    await read(statement).catch(() => []);
    await expect(read(insert)).rejects.toThrow(/read-only/);

    expect(await keys()).toBe(0);
  },
);
