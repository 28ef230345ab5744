import { sql } from 'kysely';
import { freePort } from 'one-machine/services/free-port.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admitByDatabase } from '#adapters/callers/admit-by-database.ts';
import { attemptsInDatabase } from '#adapters/callers/attempts-in-database.ts';
import { openDatabase } from '#adapters/database.ts';
import { type FailedAttempts, mostFailures, pairOf } from '#kit/api/authentication/failed-attempts.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

const now = new Date();
const of = (name: string, address = '203.0.113.9') => ({ pair: pairOf(name, address), isKnown: true });
const instance = () => attemptsInDatabase({ database: database.another(), pauses: false, instances: 10 });

/** How many of these guesses were read. */
async function read(instances: readonly FailedAttempts[], each: number, name: string, isKnown = true): Promise<number> {
  const outcomes = await Promise.all(
    instances.flatMap((one) => Array.from({ length: each }, () => one.count({ ...of(name), isKnown }, now))),
  );
  return outcomes.filter((seconds) => seconds === undefined).length;
}

async function rows(): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) FROM platform.failed_attempts`.execute(
    database.admin.query,
  );
  return rows[0]?.count ?? 0;
}

const age = (seconds: number) =>
  sql`UPDATE platform.failed_attempts SET last_at = last_at - make_interval(secs => ${seconds})`.execute(
    database.admin.query,
  );

test('of many guesses at once, by eight instances of whatever functions, thirty are read', async () => {
  const eight = Array.from({ length: 8 }, instance);

  expect(await read(eight, 25, 'crowd')).toBe(mostFailures);
  expect(await read([instance()], 30, 'crowd')).toBe(0);
});

test('who has to wait is told how long, and is read again after it', async () => {
  const [one, other] = [instance(), instance()];
  await read([one], mostFailures, 'patient');
  await age(20);

  expect(await other.count(of('patient'), now)).toBeGreaterThan(35);
  expect(await other.count(of('patient'), now)).toBeLessThanOrEqual(40);
  expect(other.waiting(of('patient').pair, now)).toBeLessThanOrEqual(40);
  await age(40);
  expect(await instance().count(of('patient'), now)).toBeUndefined();
  expect(await instance().count(of('patient'), now)).toBeUndefined();
});

test('the right password waits too, at every function, and from elsewhere it does not', async () => {
  const admit = admitByDatabase(database.another(), { perSecond: 1000, burst: 1000 });
  const ask = (address?: string) => admit({ credential: 'user mei', pair: of('mei', address).pair });
  await read([instance()], mostFailures - 1, 'mei');
  expect(await ask()).toBe('admitted');
  await read([instance()], 1, 'mei');

  expect(await ask()).toBe('must wait');
  expect(await ask('198.51.100.7')).toBe('admitted');
  expect(await admit({ credential: 'token t-1' })).toBe('admitted');
  await age(60);
  expect(await ask()).toBe('admitted');
});

test('a right password between wrong ones gives no more of them', async () => {
  const admit = admitByDatabase(database.another(), { perSecond: 1000, burst: 1000 });
  await read([instance()], 20, 'between');
  await admit({ credential: 'user between', pair: of('between').pair });

  expect(await read([instance()], 20, 'between')).toBe(10);
});

test('names that nobody has leave no row, and wait as those that somebody has', async () => {
  const before = await rows();
  const one = instance();

  expect(await read([one], 40, 'nobody', false)).toBe(mostFailures);
  expect(one.waiting(of('nobody').pair, now)).toBe(60);
  expect(await rows()).toBe(before);
});

test('what is over is swept by those who come after', async () => {
  const one = instance();
  for (let index = 0; index < 20; index++) await one.count(of('swept', `198.51.100.${index}`), now);
  await age(61);
  const before = await rows();
  for (let index = 0; index < 5; index++) await one.count(of('swept', `192.0.2.${index}`), now);

  expect(await rows()).toBe(before - 5 * 4 + 5);
});

test('a database that sleeps is not woken: each instance reads its share', async () => {
  const asleep = openDatabase<unknown>({ url: `postgresql://nobody@127.0.0.1:${await freePort()}/none` });
  const one = attemptsInDatabase({ database: asleep, pauses: true, instances: 10 });

  expect(await read([one], 10, 'sleeper')).toBe(3);
  expect(asleep.isConnected()).toBe(false);
  await asleep.close();
});

test('while the database is away a wrong password is counted all the same', async () => {
  const away = openDatabase<unknown>({ url: `postgresql://nobody@127.0.0.1:${await freePort()}/none` });
  const one = attemptsInDatabase({ database: away, pauses: false, instances: 10 });

  expect(await read([one], 10, 'stranded')).toBe(3);
  await away.close();
});

test('a server that refuses us answers no wrong password with a fault of ours', async () => {
  const url = new URL(database.url);
  url.username = 'nobody';
  const refusing = openDatabase<unknown>({ url: url.href });
  const one = attemptsInDatabase({ database: refusing, pauses: false, instances: 10 });

  expect(await read([one], 10, 'refused')).toBe(3);
  expect(await read([one], 10, 'refused-nobody', false)).toBe(3);
  await refusing.close();
});
