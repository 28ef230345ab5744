import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editedTables, remadeTables } from '../../../../lambdas/platform/exports/edited-tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
}, 600_000);

afterAll(async () => {
  await database?.stop();
});

test('of every table it is said whether it is exported, and if not, where its rows come from', async () => {
  const { rows } = await sql<{ name: string }>`
    SELECT schemaname || '.' || tablename AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'public')`.execute(database.admin.query);
  const decided = [...editedTables.map(({ name }) => name), ...Object.keys(remadeTables)];

  expect(rows.map(({ name }) => name).sort()).toEqual(decided.sort());
});

test.each(editedTables)('the key of $name is never null', async ({ name, key }) => {
  const { rows } = await sql<{ column: string }>`
    SELECT attname AS column FROM pg_attribute WHERE attrelid = ${name}::regclass AND attnotnull`.execute(
    database.admin.query,
  );

  expect(rows.map(({ column }) => column)).toEqual(expect.arrayContaining([...key]));
});

test.each(editedTables)('parents of $name come before it', async ({ name }) => {
  const { rows } = await sql<{ parent: string }>`
    SELECT confrelid::regclass::text AS parent FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ${name}::regclass AND confrelid <> conrelid`.execute(database.admin.query);
  const before = editedTables.slice(
    0,
    editedTables.findIndex((table) => table.name === name),
  );

  expect(before.map((table) => table.name)).toEqual(expect.arrayContaining(rows.map(({ parent }) => parent)));
});

test.each(editedTables)('functions may set the numbers of $name', async ({ name }) => {
  const { rows } = await sql<{ sequence: string | null }>`
    SELECT pg_get_serial_sequence(${name}, 'id') AS sequence
    WHERE EXISTS (SELECT FROM pg_attribute WHERE attrelid = ${name}::regclass AND attname = 'id')`.execute(
    database.app.query,
  );
  for (const { sequence } of rows)
    await sql`SELECT setval(${sequence}::regclass, nextval(${sequence}::regclass))`.execute(database.app.query);
});
