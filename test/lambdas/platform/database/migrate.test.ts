import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { type Postgres, startPostgres } from 'one-machine/services/postgres.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '#adapters/database.ts';
import { migrate } from '../../../../lambdas/platform/database/migrate.ts';
import { migrations } from '../../../../migrations/index.ts';

let directory: string;
let postgres: Postgres;
let admin: Database<unknown>;
let databases: Database<unknown>[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  postgres = await startPostgres({ name: 'millrace', directory });
});

afterAll(async () => {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

const open = () => {
  const database = openDatabase<unknown>({ url: postgres.url('postgres', 'subject') });
  databases.push(database);
  return database;
};

beforeEach(async () => {
  databases = [];
  admin = openDatabase({ url: postgres.url('postgres', 'millrace') });
  await sql`CREATE DATABASE subject`.execute(admin.query);
});

afterEach(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await sql`DROP DATABASE subject`.execute(admin.query);
  await admin.close();
});

async function tables(database: Database<unknown>): Promise<unknown[]> {
  const { rows } = await sql<{ name: string }>`SELECT table_schema || '.' || table_name AS name
    FROM information_schema.tables WHERE table_schema IN ('presale', 'test') ORDER BY name`.execute(database.query);
  return rows.map(({ name }) => name);
}

const creates = (name: string) => ({
  up: async (db: Kysely<unknown>) => {
    await sql`CREATE SCHEMA IF NOT EXISTS test`.execute(db);
    await sql`CREATE TABLE ${sql.id('test', name)} ()`.execute(db);
  },
});

test('every migration runs once, in order, and a second run has nothing to do', async () => {
  const database = open();

  expect(await migrate(database.query, migrations)).toEqual({ applied: Object.keys(migrations) });
  expect(await tables(database)).toContain('presale.deals');
  expect(await migrate(database.query, migrations)).toEqual({ applied: [] });
});

test('two runs at once are one', async () => {
  const outcomes = await Promise.all([open(), open()].map((database) => migrate(database.query, migrations)));

  expect(outcomes.flatMap(({ applied }) => applied)).toEqual(Object.keys(migrations));
});

test('a migration that fails leaves nothing and is told; the ones of its run before it go with it', async () => {
  const failing = {
    up: async (db: Kysely<unknown>) => {
      await creates('half').up(db);
      throw new RangeError('no');
    },
  };
  const database = open();

  await expect(migrate(database.query, { '1': creates('one'), '2': failing })).rejects.toThrow('no');
  expect(await tables(database)).toEqual([]);
  expect(await migrate(database.query, { '1': creates('one'), '2': creates('two') })).toEqual({ applied: ['1', '2'] });
});

test('the role of the functions reads and writes, and changes no table', async () => {
  await migrate(open().query, migrations);
  const app = openDatabase<unknown>({ url: postgres.url('millrace_app', 'subject') });
  databases.push(app);

  expect((await sql`SELECT * FROM presale.deals`.execute(app.query)).rows).toEqual([]);
  await expect(sql`ALTER TABLE presale.deals ADD COLUMN x int`.execute(app.query)).rejects.toThrow(/must be owner/);
  await expect(sql`DROP TABLE presale.deals`.execute(app.query)).rejects.toThrow(/must be owner/);
  await expect(sql`CREATE TABLE presale.other ()`.execute(app.query)).rejects.toThrow(/permission denied/);
});

test('migrations are named in the order they run in', () => {
  const names = Object.keys(migrations);

  expect(names).toEqual(names.toSorted());
  // Numbers may have gaps: two changes that grow side by side each take their own.
  for (const name of names) expect(name).toMatch(/^\d{4}-[a-z-]+$/);
  expect(new Set(names.map((name) => name.slice(0, 4))).size).toBe(names.length);
});

test('runs of before that hid counties tell of them, in both books; those that are in stay complete', async () => {
  const database = open();
  await migrate(database.query, Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0050')));
  const county = (run: string, letter: string, state: string, reason: string | null) =>
    sql`
    INSERT INTO presale.county_runs (run_name, letter, county, run_id, state, reason, updated_at)
    VALUES (${run}, ${letter}, ${letter}, 'x', ${state}, ${reason}, now())`.execute(database.query);
  for (const [name, state] of [
    ['2022-09-11', 'complete'],
    ['2022-09-21', 'failed'],
    ['2022-10-01', 'complete'],
    ['2022-10-11', 'failed'],
  ] as const) {
    await sql`INSERT INTO presale.runs (name, run_id, publication_date, counties, state, started_at, ended_at)
      VALUES (${name}, 'x', ${name}::date, '{F}', ${state}, now(), now())`.execute(database.query);
    await sql`INSERT INTO platform.runs (workload, name, kind, execution, state, started_at, ended_at) VALUES ('presale',
      ${name}, 'publication', 'x', ${state === 'complete' ? 'succeeded' : 'failed'}, now(), now())`.execute(
      database.query,
    );
    await county(name, 'F', name === '2022-10-11' ? 'failed' : 'loaded', name === '2022-10-11' ? 'away' : null);
    if (name < '2022-10-01') await county(name, 'A', 'failed', 'The site answered 500');
  }

  await migrate(database.query, migrations);
  const { rows } = await sql<Record<string, unknown>>`
    SELECT r.name, r.state, r.reason, r.counties, r.asked, p.state AS book FROM presale.runs r
    JOIN platform.runs p ON p.name = r.name ORDER BY r.name`.execute(database.query);
  const partial = { state: 'partial', reason: 'Not loaded: A (The site answered 500)', book: 'partial' };
  expect(rows).toMatchObject([
    { ...partial, counties: ['A', 'F'], asked: ['F'] },
    partial,
    { state: 'complete', reason: null, counties: ['F'], book: 'succeeded' },
    { state: 'failed', book: 'failed' },
  ]);
});
