import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { serviceNamed } from '../../../../lambdas/tagger/contract.ts';
import { unaccountedOf } from '../../../../lambdas/tagger/steps/check-counts.ts';
import { progressStore } from '../../../../lambdas/tagger/stores/progress-store.ts';
import { serviceReader } from '../../../../lambdas/tagger/stores/service-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE tagger.partitions, tagger.pages, tagger.page_counts, platform.failures CASCADE`.execute(
    database.admin.query,
  );
});

const counts = () => serviceReader(database.app).counts(serviceNamed('wx'));
const places = (...offsets: number[]) => offsets.map((offset) => ({ topic: 'wx.messages', partition: 0, offset }));
const request = (offset: number) => ({
  record: { topic: 'wx.messages', partition: 0, offset, key: undefined, headers: [] },
  raw: '{"text":"a"}',
  url: 'https://example.com/',
});

const fail = (naturalKey: string, kind: string) =>
  sql`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, door, reason, message, input, attributes, occurred_at)
    VALUES (${naturalKey}, 'tagger', ${kind}, 'tag-messages', 'arn', 'NotJson', 'x', '{}', '{}', now())`.execute(
    database.admin.query,
  );

test('a service that nothing came to counts nothing', async () => {
  expect(await counts()).toEqual({ in: 0, out: 0, waiting: 0, failed: 0 });
});

test('what is published, waits, was rejected and given up adds up to what came in', async () => {
  const progress = progressStore(database.app);
  await progress.asked([request(2), request(3)]);
  await progress.done(places(0, 1, 2, 3, 4), places(0, 1));
  await fail('stream:tagger/tag-messages:wx.messages:0:4:1', 'stream');
  await progress.pageDone(request(2).record, 'published');
  // Offsets 5 and 6 were given up.
  await progress.done(places(7), places(7));
  expect(unaccountedOf(await counts())).toBe(2);
  await fail('stream:tagger/tag-messages:wx.messages:0:5:1', 'stream');
  await fail('stream:tagger/tag-messages:wx.messages:0:6:1', 'stream');

  expect(await counts()).toEqual({ in: 8, out: 4, waiting: 1, failed: 3 });
  expect(unaccountedOf(await counts())).toBe(0);
});

test('a batch that was given up and couldn’t be read counts as a failure', async () => {
  const progress = progressStore(database.app);
  await progress.done(places(0), places(0));
  await progress.done(places(2), places(2));
  await fail('message:arn:1', 'queue');

  expect(await counts()).toEqual({ in: 3, out: 2, waiting: 0, failed: 1 });
});

test('what was given up before or behind all that is done hides no loss', async () => {
  await fail('stream:tagger/tag-messages:wx.messages:0:0:1', 'stream');
  await fail('stream:tagger/tag-messages:wx.messages:0:9:1', 'stream');
  await fail('stream:tagger/tag-messages:wx.messages:3:1:1', 'stream');
  await progressStore(database.app).done(places(1, 2), places(1));

  expect(await counts()).toEqual({ in: 2, out: 1, waiting: 0, failed: 0 });
});

test('failures of other topics count for others', async () => {
  await progressStore(database.app).done(places(0), places(0));
  await fail('stream:tagger/tag-messages:app.messages:0:4:1', 'stream');

  expect(await counts()).toEqual({ in: 1, out: 1, waiting: 0, failed: 0 });
});
