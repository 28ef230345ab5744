import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Outcome } from '#adapters/turns/breaker.ts';
import { endTurns, pauseSite, resumeSite, type TurnsAsked, takeTurns } from '#adapters/turns/polite-turns.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;
// A connection each, or what they do at once would come one after the other.
let workers: TestDatabase<unknown>['app'][];

beforeAll(async () => {
  database = await startTestDatabase();
  workers = Array.from({ length: 6 }, () => database.another());
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE platform.sites, platform.turns`.execute(database.admin.query);
});

const site = 'example.com';
const start = Date.UTC(2026, 10, 29, 12);
const at = (seconds: number) => new Date(start + seconds * 1000);
const manners = { atOnce: 100, gapMs: 0, leaseMs: 60_000 };
const blocked: Outcome = { kind: 'refused', reason: 'blocked', pause: { firstMs: 60_000, longestMs: 200_000 } };

const take = (over: Partial<TurnsAsked> = {}, worker = database.app) =>
  worker.transaction((session) =>
    takeTurns(session, { site, manners, most: 1, aheadMs: 900_000, now: at(0), ...over }),
  );
const end = (turn: { id: number } | undefined, outcome: Outcome, now = at(0)) =>
  database.app.transaction((session) => endTurns(session, { ids: [turn?.id ?? 0], site, outcome, now }));

test('many workers at once keep one pace: no two requests start at less than the gap', async () => {
  const paced = { ...manners, gapMs: 250 };
  const taken = await Promise.all(workers.map((worker) => take({ manners: paced, most: 2 }, worker)));
  const starts = taken.flat().map((turn) => turn.at.getTime() - start);

  expect(starts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index * 250));
});

test('many workers at once have no more under way than is allowed, until turns are given back', async () => {
  const few = { ...manners, atOnce: 3 };
  const taken = (await Promise.all(workers.map((worker) => take({ manners: few, most: 2 }, worker)))).flat();
  expect(taken).toHaveLength(3);

  await end(taken[0], { kind: 'answered' });
  await end(taken[0], { kind: 'answered' });

  expect(await take({ manners: few, most: 9 })).toHaveLength(1);
});

test('a turn whose worker is gone is free when its lease is over, and tells nothing afterwards', async () => {
  const one = { ...manners, atOnce: 1 };
  const [lost] = await take({ manners: one });
  expect(await take({ manners: one, now: at(59) })).toEqual([]);
  expect(await take({ manners: one, now: at(60) })).toHaveLength(1);

  expect((await end(lost, blocked, at(61))).after).toEqual({ state: 'closed', failures: 0 });
});

test('no turn lies further ahead than is asked for', async () => {
  const slow = { ...manners, gapMs: 10_000 };

  expect((await take({ manners: slow, most: 9, aheadMs: 25_000 })).map((turn) => turn.at)).toEqual([
    at(0),
    at(10),
    at(20),
  ]);
  expect(await take({ manners: slow, aheadMs: 25_000 })).toEqual([]);
});

test('sites do not wait for each other', async () => {
  const one = { ...manners, atOnce: 1 };
  await take({ manners: one });

  expect(await take({ manners: one, site: 'other.example' })).toHaveLength(1);
});

test('a refusal stops the site for all; one trial goes out afterwards, and its answer opens it for all', async () => {
  const [first, second] = await take({ most: 2 });
  expect((await end(first, blocked)).after).toMatchObject({ state: 'open', reason: 'blocked', until: at(60) });
  // Asked before it was refused: that it was answered doesn't mean that the site takes more.
  expect((await end(second, { kind: 'answered' }, at(1))).after).toMatchObject({ state: 'open' });
  expect(await take({ most: 9, now: at(59) })).toEqual([]);

  const trials = (await Promise.all(workers.map((worker) => take({ most: 9, now: at(60) }, worker)))).flat();
  expect(trials).toHaveLength(1);
  expect((await end(trials[0], { kind: 'answered' }, at(61))).after).toEqual({ state: 'closed', failures: 0 });
  expect(await take({ most: 9, now: at(61) })).toHaveLength(9);
});

test('pauses double from trial to trial, up to the longest', async () => {
  const pauses: number[] = [];
  let now = at(0);
  for (let time = 0; time < 4; time += 1) {
    const [turn] = await take({ now });
    const { after } = await end(turn, blocked, now);
    if (after.state !== 'open') throw new Error(`It is ${after.state}`);
    pauses.push(after.until.getTime() - now.getTime());
    now = after.until;
  }

  expect(pauses).toEqual([60_000, 120_000, 200_000, 200_000]);
});

test('four failures in a row are the site’s own affair, five are an outage; an answer in between begins anew', async () => {
  const failed = async (times: number) => {
    const states: string[] = [];
    for (let time = 0; time < times; time += 1)
      states.push((await end((await take())[0], { kind: 'failed' })).after.state);
    return states;
  };
  expect(await failed(4)).toEqual(['closed', 'closed', 'closed', 'closed']);
  await end((await take())[0], { kind: 'answered' });
  expect(await failed(5)).toEqual(['closed', 'closed', 'closed', 'closed', 'open']);

  expect(await take()).toEqual([]);
  const [trial] = await take({ now: at(5) });
  expect((await end(trial, { kind: 'failed' }, at(5))).after).toMatchObject({ state: 'open', until: at(15) });
});

test('a trial that fails after a single refusal keeps the site stopped', async () => {
  await end((await take())[0], blocked);
  const [trial] = await take({ now: at(60) });

  expect((await end(trial, { kind: 'failed' }, at(60))).after).toMatchObject({ state: 'open', until: at(65) });
});

test('a site that a person has paused stays so, whatever it answers, until it is resumed', async () => {
  const [turn] = await take();
  await database.app.transaction((session) => pauseSite(session, site, 'on holiday'));
  expect((await end(turn, { kind: 'answered' })).after).toEqual({ state: 'paused', failures: 0, reason: 'on holiday' });
  expect(await take({ now: at(9_999) })).toEqual([]);

  await database.app.transaction((session) => resumeSite(session, site));

  expect(await take()).toHaveLength(1);
});

test('turns that are taken in a transaction that fails are nobody’s', async () => {
  const broken = database.app.transaction(async (session) => {
    await takeTurns(session, { site, manners, most: 5, aheadMs: 0, now: at(0) });
    throw new Error('the rest failed');
  });
  await expect(broken).rejects.toThrow('the rest failed');

  expect(await take({ manners: { ...manners, atOnce: 1 } })).toHaveLength(1);
});
