import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admitByDatabase } from '#adapters/callers/admit-by-database.ts';
import type { Database } from '#adapters/database.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

const plenty = { perSecond: 1000, burst: 1000 };

/** A limit that refills so slowly that no test sees it. */
const three = { perSecond: 1e-6, burst: 3 };

test('a burst is admitted, the next is one too many, and another credential is not concerned', async () => {
  const admit = admitByDatabase(database.app, three);
  const ask = () => admit({ credential: 'user burst' });

  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
    'admitted',
    'admitted',
    'admitted',
    'too many',
  ]);
  expect(await admit({ credential: 'token burst' })).toBe('admitted');
});

test('time gives back what was taken, up to the burst and no more', async () => {
  const admit = admitByDatabase(database.app, { perSecond: 2, burst: 3 });
  const ask = () => admit({ credential: 'user refilled' });
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
  const ask = (of: Database<unknown>) => admitByDatabase(of, three)({ credential: 'user crowd' });

  const verdicts = await Promise.all(databases.flatMap((of) => Array.from({ length: 5 }, () => ask(of))));

  expect(verdicts.filter((verdict) => verdict === 'admitted')).toHaveLength(3);
});

test('it is one statement, and waits for no disk', async () => {
  const { rows } = await sql<{ relpersistence: string }>`
    SELECT relpersistence FROM pg_class WHERE oid = 'platform.caller_rates'::regclass
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
  await admitByDatabase(counting, plenty)({ credential: 'user counted' });

  expect(rows).toEqual([{ relpersistence: 'u' }]);
  expect(statements).toBe(1);
});
