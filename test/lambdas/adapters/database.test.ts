import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Postgres, startPostgres } from 'one-machine/services/postgres.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { isUniqueViolation } from '#adapters/database/postgres-connection.ts';
import { type Database, openDatabase } from '#adapters/database.ts';
import { UnavailableError } from '#kit/errors.ts';

interface Tables {
  house: { id: number; price: number | null; built: string | null };
}

let directory: string;
let postgres: Postgres;
let database: Database<Tables>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  postgres = await startPostgres({ name: 'millrace', directory });
});

afterAll(async () => {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

const url = () => postgres.url('postgres', 'millrace');

beforeEach(async () => {
  database = openDatabase<Tables>({ url: url() });
  await sql`CREATE TABLE house (id bigint PRIMARY KEY, price numeric, built date)`.execute(database.query);
});

afterEach(async () => {
  await sql`DROP TABLE house`.execute(database.query);
  await database.close();
});

const ids = async () =>
  (await database.query.selectFrom('house').select('id').orderBy('id').execute()).map((r) => r.id);

async function* lines(...rows: string[]) {
  for (const row of rows) yield row;
}

const copy = 'COPY house (id, price, built) FROM STDIN';

/** Ends the server's side of the pool's one connection, as a restart or a failover would. */
async function cutConnection(): Promise<void> {
  const other = openDatabase<Tables>({ url: url() });
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`.execute(other.query);
  await other.close();
}

test('numbers are numbers, a date is its text, a moment a Date', async () => {
  const { rows } = await sql`SELECT 9007199254740991::bigint AS big, 12.50::numeric AS price, 7::integer AS small,
    '2022-09-11'::date AS day, '2022-09-11T02:00:00Z'::timestamptz AS at, NULL::numeric AS nothing`.execute(
    database.query,
  );

  const at = new Date('2022-09-11T02:00:00Z');
  expect(rows).toEqual([{ big: 9007199254740991, price: 12.5, small: 7, day: '2022-09-11', at, nothing: null }]);
});

test('a transaction that resolves is there, with its result', async () => {
  const result = await database.transaction(async ({ query }) => {
    await query.insertInto('house').values({ id: 1, price: 5, built: null }).execute();
    return 'done';
  });

  expect(result).toBe('done');
  expect(await ids()).toEqual([1]);
});

test('a transaction that rejects leaves nothing, passes its error on and gives its connection back', async () => {
  const failure = new RangeError('no');
  const work = database.transaction(async ({ query, copyIn }) => {
    await query.insertInto('house').values({ id: 1, price: 5, built: null }).execute();
    await copyIn(copy, lines('2\t5\t\\N\n'));
    throw failure;
  });

  await expect(work).rejects.toBe(failure);
  expect(await ids()).toEqual([]);
});

test('a transaction that goes on after a failed query is not taken for committed', async () => {
  const work = database.transaction(async ({ query }) => {
    await query.insertInto('house').values({ id: 1, price: 5, built: null }).execute();
    await sql`SELECT 1 / 0`.execute(query).catch(String);
  });

  await expect(work).rejects.toThrow('rolled back');
  expect(await ids()).toEqual([]);
});

test('rows are copied in with what they mean, and counted', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => `${index}\t${index}.5\t2022-09-11\n`);
  const copied = await database.transaction(({ copyIn }) => copyIn(copy, lines(...rows, '20000\t\\N\t\\N\n')));
  const last = await database.query.selectFrom('house').selectAll().where('id', '>=', 19_999).orderBy('id').execute();

  expect(copied).toBe(20_001);
  expect(last).toEqual([
    { id: 19_999, price: 19_999.5, built: '2022-09-11' },
    { id: 20_000, price: null, built: null },
  ]);
});

test('a copy of no rows is a copy', async () => {
  expect(await database.transaction(({ copyIn }) => copyIn(copy, lines()))).toBe(0);
});

test.each([
  ['a row that the table refuses', copy, '1\tfive\t\\N\n', '22P02'],
  ['a key that is there twice', copy, '1\t5\t\\N\n1\t5\t\\N\n', '23505'],
  ['a table that does not exist', 'COPY nowhere FROM STDIN', '1\n', '42P01'],
  ['a statement that is none', 'COPY house FRM STDIN', '1\n', '42601'],
])('%s ends a copy with the server’s reason and nothing stored', async (_name, statement, row, code) => {
  let closed = false;
  async function* source() {
    try {
      yield row;
      for (let index = 10; index < 200_000; index += 1) yield `${index}\t5\t\\N\n`;
    } finally {
      closed = true;
    }
  }
  const work = database.transaction(({ copyIn }) => copyIn(statement, source()));

  await expect(work).rejects.toMatchObject({ code });
  expect(await ids()).toEqual([]);
  expect(closed).toBe(true);
});

test('a source that fails half way ends a copy with its own error and nothing stored', async () => {
  async function* source() {
    for (let index = 0; index < 5000; index += 1) yield `${index}\t5\t\\N\n`;
    throw new RangeError('the file ends in the middle of a row');
  }

  await expect(database.transaction(({ copyIn }) => copyIn(copy, source()))).rejects.toThrow(RangeError);
  expect(await ids()).toEqual([]);
});

test('a source that fails before its first row ends a copy as well', async () => {
  // biome-ignore lint/correctness/useYield: failing before the first row is the point
  async function* source(): AsyncGenerator<string> {
    throw new RangeError('no file');
  }

  await expect(database.transaction(({ copyIn }) => copyIn(copy, source()))).rejects.toThrow(RangeError);
  expect(await ids()).toEqual([]);
});

test('a server that goes away in a query is unavailable, and the next query finds it again', async () => {
  const sleeping = sql`SELECT pg_sleep(20)`.execute(database.query);
  const told = expect(sleeping).rejects.toThrow(UnavailableError);
  await sleep(200);
  await cutConnection();

  await told;
  expect(await ids()).toEqual([]);
});

test('a server that goes away between two queries of a transaction is unavailable, and nothing is stored', async () => {
  const work = database.transaction(async ({ query }) => {
    await query.insertInto('house').values({ id: 1, price: 5, built: null }).execute();
    await cutConnection();
    await sleep(100);
    await query.insertInto('house').values({ id: 2, price: 5, built: null }).execute();
  });

  await expect(work).rejects.toThrow(UnavailableError);
  expect(await ids()).toEqual([]);
});

test('a server that goes away in a copy is unavailable, and nothing is stored', async () => {
  async function* source() {
    yield '1\t5\t\\N\n';
    await cutConnection();
    await sleep(100);
    for (let index = 10; index < 50_000; index += 1) yield `${index}\t5\t\\N\n`;
  }

  await expect(database.transaction(({ copyIn }) => copyIn(copy, source()))).rejects.toThrow(UnavailableError);
  expect(await ids()).toEqual([]);
});

test('a server that goes away while nobody asks is not noticed', async () => {
  expect(await ids()).toEqual([]);
  await cutConnection();
  await sleep(100);

  expect(await ids()).toEqual([]);
});

test('where nothing listens the database is unavailable at once', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await sleep(20);
  const { port } = closed.address() as { port: number };
  closed.close();
  const nowhere = openDatabase<Tables>({ url: `postgresql://postgres@127.0.0.1:${port}/millrace` });
  const before = performance.now();

  await expect(nowhere.query.selectFrom('house').selectAll().execute()).rejects.toThrow(UnavailableError);
  await expect(nowhere.transaction(async () => undefined)).rejects.toThrow(UnavailableError);
  // What is slow to wake is waited for 40 s.
  expect(performance.now() - before).toBeLessThan(39_000);
  await nowhere.close();
});

test('a server that takes the connection and says nothing is unavailable after the time it has', async () => {
  const asleep = createServer(() => undefined).listen(0, '127.0.0.1');
  await sleep(20);
  const { port } = asleep.address() as { port: number };
  const url = `postgresql://postgres@127.0.0.1:${port}/millrace`;
  const waking = openDatabase<Tables>({ url, connectTimeoutMs: 200 });

  await expect(waking.query.selectFrom('house').selectAll().execute()).rejects.toThrow(UnavailableError);
  asleep.close();
  await waking.close();
});

test('a server without room is unavailable, and its connection is kept', async () => {
  const backend = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.query)).rows;
  const before = await backend();
  for (const code of ['53100', '53200']) {
    const full = sql`do ${sql.raw(`$$ begin raise exception 'full' using errcode = '${code}'; end $$`)}`;
    await expect(full.execute(database.query)).rejects.toThrow(UnavailableError);
  }

  expect(await backend()).toEqual(before);
  expect(await ids()).toEqual([]);
});

test('what the server itself refuses is not unavailable: waiting would not help', async () => {
  const wrong = openDatabase<Tables>({ url: postgres.url('postgres', 'no-such-database') });

  await expect(wrong.query.selectFrom('house').selectAll().execute()).rejects.toMatchObject({ code: '3D000' });
  await wrong.close();
});

test('one connection serves many queries at once, one after the other', async () => {
  await Promise.all(
    [1, 2, 3, 4, 5].map((id) => database.query.insertInto('house').values({ id, price: 1, built: null }).execute()),
  );

  expect(await ids()).toEqual([1, 2, 3, 4, 5]);
});

test('questions that are asked together are answered in their order, and one that fails is told when all are', async () => {
  const answers = await database.transaction(({ query, together }) =>
    together(() => [
      sql<{ n: number }>`INSERT INTO house (id) VALUES (1) RETURNING id AS n`.execute(query),
      sql<{ n: number }>`SELECT count(*) AS n FROM house`.execute(query),
    ]),
  );
  expect(answers.map(({ rows }) => rows[0]?.n)).toEqual([1, 1]);

  const failed = database.transaction(({ query, together }) =>
    together(() => [
      sql`INSERT INTO house (id) VALUES (2)`.execute(query),
      sql`INSERT INTO house (id) VALUES (1)`.execute(query),
      sql`INSERT INTO house (id) VALUES (3)`.execute(query),
    ]),
  );
  await expect(failed).rejects.toThrow('house_pkey');
  expect(await ids()).toEqual([1]);
});

test('a COPY follows what was asked together, and a failed one can be taken back to before it', async () => {
  await database.transaction(
    async ({ query, copyIn, together }) => {
      await together(() => [sql`SAVEPOINT before`.execute(query), sql`SELECT 1`.execute(query)]);
      await expect(copyIn(copy, lines('1\t\\N\t\\N\n', '1\t\\N\t\\N\n'))).rejects.toSatisfy(isUniqueViolation);
      await sql`ROLLBACK TO SAVEPOINT before`.execute(query);
      expect(await copyIn(copy, lines('7\t\\N\t\\N\n'))).toBe(1);
    },
    ({ query }) => [sql`INSERT INTO house (id) VALUES (5)`.execute(query)],
  );

  expect(await ids()).toEqual([5, 7]);
});

test('a connection that is lost while several questions are asked is told as that', async () => {
  const asked = database.transaction(async ({ query, together }) => {
    await cutConnection();
    return together(() => [sql`SELECT 1`.execute(query), sql`SELECT 2`.execute(query)]);
  });

  await expect(asked).rejects.toThrow(UnavailableError);
  expect(await ids()).toEqual([]);
});
