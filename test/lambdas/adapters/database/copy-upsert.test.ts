import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { copyUpsert, type UpsertTarget } from '#adapters/database/copy-upsert.ts';
import type { CopyValue } from '#kit/text/copy-text.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
  const { query } = database.admin;
  await sql`CREATE TABLE platform.things (id bigint GENERATED ALWAYS AS IDENTITY, tenant text NOT NULL, name text NOT NULL,
    "like" bigint, tags text[], raw jsonb, said_at timestamptz, place bigint, yes boolean, UNIQUE (tenant, name))`.execute(
    query,
  );
  await sql`GRANT ALL ON platform.things TO millrace_app`.execute(query);
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE platform.things`.execute(database.admin.query);
});

const target: UpsertTarget = { table: 'platform.things', columns: ['tenant', 'name', 'like'], key: ['tenant', 'name'] };
const upsert = (rows: CopyValue[][], of = target, { transaction } = database.app) =>
  transaction((session) => copyUpsert(session, of, [rows]));
const likes = async () =>
  (
    await sql<{ text: string }>`SELECT name || ' ' || coalesce("like"::text, '-') AS text FROM platform.things
      ORDER BY tenant, name`.execute(database.app.query)
  ).rows.map(({ text }) => text);

test('what becomes of each row is counted, and the same rows again change nothing', async () => {
  const rows = [
    ['t', 'a', 1],
    ['t', 'b', null],
    ['t', 'a', 2],
  ];
  expect(await upsert(rows)).toEqual({ in: 3, inserted: 2, updated: 0, unchanged: 0, repeated: 1 });
  expect(await upsert(rows)).toEqual({ in: 3, inserted: 0, updated: 0, unchanged: 2, repeated: 1 });
  expect(await upsert([...rows, ['t', 'b', 5], ['u', 'a', 9]])).toEqual({
    in: 5,
    inserted: 1,
    updated: 1,
    unchanged: 1,
    repeated: 2,
  });
  expect(await likes()).toEqual(['a 2', 'b 5', 'a 9']);
});

test('an older row changes nothing, whether it comes later or beside the newer one', async () => {
  const versioned: UpsertTarget = {
    table: 'platform.things',
    columns: ['tenant', 'name', 'like', 'said_at', 'place'],
    key: ['tenant', 'name'],
    newer: ['said_at', 'place'],
  };
  const noon = '2026-11-29T12:00:00Z';
  await upsert(
    [
      ['t', 'a', 2, noon, 8],
      ['t', 'a', 1, noon, 7],
    ],
    versioned,
  );
  expect(await likes()).toEqual(['a 2']);

  expect(await upsert([['t', 'a', 3, '2026-11-29T11:59:59Z', 99]], versioned)).toMatchObject({ unchanged: 1 });
  expect(await likes()).toEqual(['a 2']);
  expect(await upsert([['t', 'a', 4, noon, 9]], versioned)).toMatchObject({ updated: 1 });
  expect(await likes()).toEqual(['a 4']);
});

test('every character, type and nothing arrive as they were', async () => {
  const hostile = 'tab\tline\nreturn\rback\\slash \\N \\. 預售屋';
  await upsert([
    ['', 'empty tenant', null],
    ['\\N', hostile, 1n],
  ]);
  await upsert([['t', 'typed', '{"甲","x,y"}', '{"a": "\\\\"}', true]], {
    ...target,
    columns: ['tenant', 'name', 'tags', 'raw', 'yes'],
  });

  const { rows } =
    await sql`SELECT tenant, name, "like", tags, raw, yes FROM platform.things ORDER BY tenant COLLATE "C"`.execute(
      database.app.query,
    );
  expect(rows).toEqual([
    { tenant: '', name: 'empty tenant', like: null, tags: null, raw: null, yes: null },
    { tenant: '\\N', name: hostile, like: 1, tags: null, raw: null, yes: null },
    { tenant: 't', name: 'typed', like: null, tags: ['甲', 'x,y'], raw: { a: '\\' }, yes: true },
  ]);
});

test('batches that bring the same keys in another order do not lock each other out', async () => {
  const rows = Array.from({ length: 500 }, (_, index): CopyValue[] => ['t', `name ${index}`, 1]);
  const counts = await Promise.all(
    [rows, rows.toReversed(), rows.toReversed()].map((each) => upsert(each, target, database.another())),
  );

  expect(counts.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(500);
  expect(await likes()).toHaveLength(500);
});

test('two tables may be filled in one transaction, and no rows are no rows', async () => {
  const counts = await database.app.transaction(async (session) => [
    await copyUpsert(session, target, []),
    await copyUpsert(session, target, [[['t', 'a', 1]], [['t', 'b', 2]]]),
    await copyUpsert(session, { ...target, columns: ['tenant', 'name'] }, [[['t', 'a']]]),
  ]);

  expect(counts).toEqual([
    { in: 0, inserted: 0, updated: 0, unchanged: 0, repeated: 0 },
    { in: 2, inserted: 2, updated: 0, unchanged: 0, repeated: 0 },
    { in: 1, inserted: 0, updated: 0, unchanged: 1, repeated: 0 },
  ]);
});
