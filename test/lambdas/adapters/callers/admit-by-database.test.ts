import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admitByDatabase } from '#adapters/callers/admit-by-database.ts';
import type { Database } from '#adapters/database.ts';
import { sha256 } from '#kit/api/authentication/schemes.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

const plenty = { perSecond: 1000, burst: 1000 };
const used = (password: string, request: string) => ({ password: sha256(password), request: sha256(request) });

/** A limit that refills so slowly that no test sees it. */
const three = { perSecond: 1e-6, burst: 3 };

async function count(table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) FROM ${sql.table(table)}`.execute(database.admin.query);
  return rows[0]?.count ?? 0;
}

test('a burst is admitted, the next is one too many, and another credential is not concerned', async () => {
  const admit = admitByDatabase(database.app, three);
  const ask = () => admit({ credential: 'user burst', used: undefined });

  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
    'admitted',
    'admitted',
    'admitted',
    'too many',
  ]);
  expect(await admit({ credential: 'token burst', used: undefined })).toBe('admitted');
});

test('time gives back what was taken, up to the burst and no more', async () => {
  const admit = admitByDatabase(database.app, { perSecond: 2, burst: 3 });
  const ask = () => admit({ credential: 'user refilled', used: undefined });
  const wait = (seconds: number) =>
    sql`UPDATE platform.caller_rates SET tokens = 0, refilled_at = now() - make_interval(secs => ${seconds})
        WHERE credential = 'user refilled'`.execute(database.admin.query);
  await ask();

  await wait(0.4);
  expect(await ask()).toBe('too many');
  await wait(0.6);
  expect(await ask()).toBe('admitted');
  await wait(3600);
  expect([await ask(), await ask(), await ask()]).toEqual(['admitted', 'admitted', 'admitted']);
  const { rows } = await sql<{ tokens: number }>`
    SELECT tokens FROM platform.caller_rates WHERE credential = 'user refilled'`.execute(database.admin.query);
  expect(rows[0]?.tokens).toBeLessThan(3);
});

test('many at once take no more than there is', async () => {
  const databases: Database<unknown>[] = Array.from({ length: 4 }, () => database.another());
  const ask = (of: Database<unknown>) => admitByDatabase(of, three)({ credential: 'user crowd', used: undefined });

  const verdicts = await Promise.all(databases.flatMap((of) => Array.from({ length: 5 }, () => ask(of))));

  expect(verdicts.filter((verdict) => verdict === 'admitted')).toHaveLength(3);
});

test('a password is admitted again with its request, and with another it is told', async () => {
  const admit = admitByDatabase(database.app, plenty);
  const ask = (password: string, request: string) => admit({ credential: 'user mei', used: used(password, request) });

  expect(await ask('p1', 'submit 1')).toBe('admitted');
  expect(await ask('p1', 'submit 1')).toBe('admitted');
  expect(await ask('p1', 'submit 2')).toBe('other request');
  expect(await ask('p1', 'submit 1')).toBe('admitted');
  expect(await ask('p2', 'submit 2')).toBe('admitted');
});

test('of two requests at once with one password one is the first', async () => {
  const [one, other] = [database.another(), database.another()].map((of) => admitByDatabase(of, plenty));
  for (let round = 0; round < 20; round++) {
    const verdicts = await Promise.all([
      one?.({ credential: 'user race', used: used(`race ${round}`, 'a') }),
      other?.({ credential: 'user race', used: used(`race ${round}`, 'b') }),
    ]);
    expect(verdicts.toSorted(), `round ${round}`).toEqual(['admitted', 'other request']);
  }
});

test('what is remembered expires, and each request forgets more than it adds', async () => {
  const admit = admitByDatabase(database.app, plenty);
  for (let index = 0; index < 12; index++) await admit({ credential: 'user old', used: used(`old ${index}`, 'a') });
  await sql`UPDATE platform.used_passwords SET expires_at = now() - interval '1 s'`.execute(database.admin.query);
  const before = await count('platform.used_passwords');

  for (let index = 0; index < 3; index++) await admit({ credential: 'user old', used: used(`new ${index}`, 'a') });

  expect(await count('platform.used_passwords')).toBe(before - 3 * 4 + 3);
});

test('it is one statement, and waits for no disk', async () => {
  const { rows } = await sql<{ relpersistence: string }>`
    SELECT relpersistence FROM pg_class WHERE oid IN ('platform.caller_rates'::regclass, 'platform.used_passwords'::regclass)
  `.execute(database.admin.query);
  let statements = 0;
  const counting = {
    query: database.app.query.withPlugin({
      transformQuery: ({ node }) => {
        statements += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    }),
  };
  await admitByDatabase(counting, plenty)({ credential: 'user counted', used: used('counted', 'a') });

  expect(rows).toEqual([{ relpersistence: 'u' }, { relpersistence: 'u' }]);
  expect(statements).toBe(1);
});
