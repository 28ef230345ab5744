import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '#adapters/database.ts';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import type { FoundItem } from '../../../../lambdas/briefs/platforms/platform.ts';
import type { TakenCall } from '../../../../lambdas/briefs/stores/dispatch-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { brief, now, settingsOf, type Walk, walkOf } from './walk-of-a-brief.ts';

let database: TestDatabase<unknown>;
let walk: Walk;
/** A connection beside the one that articles are stored by. */
let other: Database<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
  walk = walkOf(database);
  other = openDatabase({ url: database.url });
});

afterAll(async () => {
  await other.close();
  await database.stop();
});

const settings = settingsOf({ enrich: true }, { redbook: { driver: 'gateway' } });
const [order] = brief().orders;

/** A note of one user. */
const note = (key: string): FoundItem => ({
  state: 'article',
  place: `/${key}`,
  article: articleOf(
    {
      article_key: key,
      url: `http://x/${key}`,
      post_time: '2026-11-10T00:00:00.000Z',
      content: 'the beginning',
      content_cut: true,
      user_id: 'u1',
      platform_id: key,
    },
    { like: 10 },
  ),
});

test('articles of a user whose call is just being ended are stored without waiting for that end, which may wait for them', async () => {
  if (!order) throw new Error('There is an order');
  await walk.submit({ orders: [{ ...order, platforms: ['redbook'] }] });
  const [first, second] = await walk.take(settings);
  if (!first || !second) throw new Error('Two calls are due');
  await walk.store((await walk.answer(first, [note('n1')])).sent, settings);
  const { sent } = await walk.answer(second, [note('n2')]);

  await other.transaction(async ({ query }) => {
    await sql`UPDATE briefs.calls SET state = 'answered' WHERE kind = 'user' AND subject = 'u1'`.execute(query);
    await walk.store(sent, settings);
  });

  const { rows } = await sql<{ kind: string; subject: string; state: string }>`
    SELECT kind, subject, state FROM briefs.calls WHERE kind <> 'search' ORDER BY kind, subject`.execute(
    database.app.query,
  );
  expect(rows).toEqual([
    { kind: 'note', subject: 'n1', state: 'waiting' },
    { kind: 'note', subject: 'n2', state: 'waiting' },
    { kind: 'user', subject: 'u1', state: 'answered' },
  ]);
});

test.each([
  ['a page is read', (call: TakenCall) => walk.answer(call, ['k1'])],
  ['a page fails', (call: TakenCall) => walk.refuse(call, { state: 'failed', reason: 'unreachable' })],
  [
    'a page comes again',
    (call: TakenCall) => walk.refuse(call, { state: 'waiting', dueAt: now, reason: 'unreachable' }),
  ],
])('while %s, its call is locked before its task: who holds the call gets all that is its brief’s', async (_, end) => {
  await walk.empty();
  const { uuid } = await walk.submit();
  const [call] = await walk.take();
  if (!call) throw new Error('A call is due');
  const watching = openDatabase<unknown>({ url: database.url });
  const waiting = async () =>
    (
      await sql`SELECT FROM pg_locks WHERE locktype IN ('transactionid', 'tuple') AND NOT granted`.execute(
        watching.query,
      )
    ).rows.length;
  try {
    const { ended } = await other.transaction(async ({ query }) => {
      await sql`SELECT FROM briefs.calls WHERE brief_uuid = ${uuid} FOR NO KEY UPDATE`.execute(query);
      const ended = end(call);
      await expect.poll(waiting, { timeout: 600_000 }).toBeGreaterThan(0);
      for (const table of ['tasks', 'stages'])
        await sql`SELECT FROM ${sql.table(`briefs.${table}`)} WHERE brief_uuid = ${uuid} FOR UPDATE NOWAIT`.execute(
          query,
        );
      await sql`SELECT FROM briefs.briefs WHERE uuid = ${uuid} FOR UPDATE NOWAIT`.execute(query);
      return { ended };
    });
    await ended;
  } finally {
    await watching.close();
  }
  expect(await walk.statesOf('calls')).not.toEqual(['sent', 'sent']);
});
