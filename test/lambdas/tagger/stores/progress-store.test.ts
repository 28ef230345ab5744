import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { progressStore } from '../../../../lambdas/tagger/stores/progress-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE tagger.partitions, tagger.pages, tagger.page_counts, platform.stream_counts`.execute(
    database.admin.query,
  );
});

const progress = () => progressStore(database.app);
const places = (...offsets: number[]) => offsets.map((offset) => ({ topic: 'wx.messages', partition: 0, offset }));
const request = (offset: number) => ({
  record: { topic: 'wx.messages', partition: 0, offset, key: undefined, headers: [] },
  raw: '{"text":"a"}',
  url: `https://example.com/${offset}`,
});

async function known() {
  const { rows } = await sql`SELECT first_offset, next_offset, published FROM tagger.partitions`.execute(
    database.app.query,
  );
  return rows;
}

async function pages() {
  const { rows } = await sql<{ state: string }>`SELECT state FROM tagger.pages ORDER BY record_offset`.execute(
    database.app.query,
  );
  return rows.map(({ state }) => state);
}

test('batches of a partition add up', async () => {
  await progress().done(places(5, 6, 7), places(5, 7));
  await progress().done(places(8, 9), places(8, 9));

  expect(await known()).toEqual([{ first_offset: 5, next_offset: 10, published: 4 }]);
});

test('a batch that comes again, whole or in part, is counted once', async () => {
  await progress().done(places(0, 1, 2), places(0, 1, 2));
  await progress().done(places(0, 1, 2), places(0, 1, 2));
  await progress().done(places(1, 2, 3), places(1, 2, 3));

  expect(await known()).toEqual([{ first_offset: 0, next_offset: 4, published: 4 }]);
});

test('the counts by the hour say a message once, whatever comes again, and a page when it is done', async () => {
  await progress().asked([request(2), request(3)]);
  await progress().done(places(0, 1, 2, 3), places(0, 1));
  await progress().done(places(1, 2, 3, 4), places(1, 4));
  for (const state of ['published', 'published', 'rejected'] as const)
    await progress().pageDone({ topic: 'wx.messages', partition: 0, offset: state === 'rejected' ? 3 : 2 }, state);

  const { rows } = await sql`
    SELECT workload, source, sum(rows_in)::int AS "in", sum(rows_out)::int AS "out", sum(rows_failed)::int AS failed
    FROM platform.stream_counts GROUP BY 1, 2`.execute(database.app.query);
  expect(rows).toEqual([{ workload: 'tagger', source: 'tag-messages', in: 5, out: 4, failed: 1 }]);
});

test('a record that stands twice in a batch is counted once', async () => {
  await progress().done(places(0, 1, 0, 1), places(0, 1, 0, 1));
  await progress().done(places(2, 3, 2), places(2, 3, 2));

  expect(await known()).toEqual([{ first_offset: 0, next_offset: 4, published: 4 }]);
});

test('a record refused before the first counted one moves the beginning', async () => {
  await progress().done(places(1), places(1));
  await progress().done(places(0), []);

  expect(await known()).toEqual([{ first_offset: 0, next_offset: 2, published: 1 }]);
});

test('a message waits for its page until it is published, and is counted once', async () => {
  await progress().asked([request(1), request(2), request(3)]);
  await progress().pageDone({ topic: 'wx.messages', partition: 0, offset: 1 }, 'published');
  await progress().pageDone({ topic: 'wx.messages', partition: 0, offset: 1 }, 'published');
  await progress().pageDone({ topic: 'wx.messages', partition: 0, offset: 3 }, 'rejected');
  await progress().asked([request(1), request(2)]);

  expect(await pages()).toEqual(['published', 'waiting', 'rejected']);
  const { rows } = await sql`SELECT published, rejected FROM tagger.page_counts`.execute(database.app.query);
  expect(rows).toEqual([{ published: 1, rejected: 1 }]);
});

test('pages that are long done are forgotten, those that wait never', async () => {
  await progress().asked([request(1), request(2)]);
  await progress().pageDone({ topic: 'wx.messages', partition: 0, offset: 1 }, 'published');
  await sql`
    UPDATE tagger.pages SET asked_at = asked_at - interval '9 days', done_at = done_at - interval '9 days'`.execute(
    database.admin.query,
  );
  await progress().asked([request(3)]);

  expect(await pages()).toEqual(['waiting', 'waiting']);
});

test('a URL that PostgreSQL could not hold is no obstacle', async () => {
  await progress().asked([{ ...request(1), url: 'https://example.com/\0\ud800' }]);

  expect(await pages()).toEqual(['waiting']);
});

test('records that the pollers passed over are counted apart, once', async () => {
  await progress().done(places(0, 1), places(0, 1));
  await progress().done(places(4, 5), places(4, 5));
  await progress().done(places(4, 5), places(4, 5));

  const { rows } = await sql`SELECT next_offset, published, skipped FROM tagger.partitions`.execute(database.app.query);
  expect(rows).toEqual([{ next_offset: 6, published: 4, skipped: 2 }]);
});
