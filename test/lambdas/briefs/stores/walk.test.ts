import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import type { AllPlatformSettings } from '../../../../lambdas/briefs/collect/settings.ts';
import { listAccounts } from '../../../../lambdas/briefs/lists/account-list-store.ts';
import { sumsOf } from '../../../../lambdas/briefs/lists/brief-view-store.ts';
import type { SentArticle } from '../../../../lambdas/briefs/ports.ts';
import { endCall } from '../../../../lambdas/briefs/stores/answer-store.ts';
import { openCalls } from '../../../../lambdas/briefs/stores/calls/open-call-store.ts';
import { endStage } from '../../../../lambdas/briefs/stores/settle-store.ts';
import type { NewBrief } from '../../../../lambdas/briefs/stores/submit-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { brief, now, settingsOf, told, type Walk, walkOf } from './walk-of-a-brief.ts';

let database: TestDatabase<unknown>;
let walk: Walk;

beforeAll(async () => {
  database = await startTestDatabase();
  walk = walkOf(database);
});

afterAll(() => database?.stop());

beforeEach(() => walk.empty());

const submit = (over?: Partial<NewBrief>) => walk.submit(over);
const take = (settings?: AllPlatformSettings) => walk.take(settings);
const statesOf = (table: Parameters<Walk['statesOf']>[0]) => walk.statesOf(table);
const answer = (call: { readonly id: number; readonly attempt: number }, keys: Parameters<Walk['answer']>[1]) =>
  walk.answer(call, keys);
const store = (sent: readonly SentArticle[]) => walk.store(sent);

describe('a submitted brief', () => {
  test('has a code of its day in Shanghai, and no two have the same when many come at once', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, () => submit()));
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');

    expect(codes.map(({ code }) => code.slice(8)).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => String(i + 1).padStart(3, '0')),
    );
    expect(new Set(codes.map(({ code }) => code.slice(0, 8)))).toEqual(new Set([day]));
  });

  test('has four digits after 999', async () => {
    await submit();
    await sql`UPDATE briefs.day_codes SET last = 999`.execute(database.app.query);

    expect((await submit()).code).toMatch(/^\d{8}1000$/);
  });

  test('is the one of before under the same idempotency key, for the same owner alone', async () => {
    const first = await submit({ idempotencyKey: 'k' });

    expect(await submit({ idempotencyKey: 'k', name: 'other' })).toEqual({ ...first, known: true });
    expect((await submit({ idempotencyKey: 'k', owner: 'an' })).uuid).not.toBe(first.uuid);
    expect(await statesOf('stages')).toHaveLength(2);
  });

  test('asks for the first page of each task', async () => {
    await submit();

    expect(await statesOf('tasks')).toEqual(['queued', 'queued']);
    expect((await take()).map(({ keyword, page, fromDay, toDay }) => [keyword, page, fromDay, toDay])).toEqual([
      ['a', 1, '2026-11-01', '2026-11-30'],
      ['b', 1, '2026-11-01', '2026-11-30'],
    ]);
    expect(await statesOf('tasks')).toEqual(['running', 'running']);
    expect(await statesOf('stages')).toEqual(['running']);
    expect(await statesOf('briefs')).toEqual(['running']);
  });
});

describe('turns', () => {
  test('keep the pace of the platform, whoever takes them', async () => {
    await submit({ orders: [{ ...orderOf(), keywords: ['a', 'b', 'c', 'd'] }] });
    const slow = settingsOf({ requestsPerSecond: 0.5, concurrency: 2 });
    const [first, second] = await Promise.all([take(slow), take(slow)]);

    expect([...(first ?? []), ...(second ?? [])].map(({ turnAt }) => turnAt.getTime() - now.getTime()).sort()).toEqual([
      0, 2000,
    ]);
  });

  test('are given to several at once where many are under way, and to what is left when few are', async () => {
    const keywords = Array.from({ length: 11 }, (_, index) => `k${index}`);
    await submit({ orders: [{ ...orderOf(), keywords }] });
    const eight = settingsOf({ concurrency: 8 });
    const [first, second, ...others] = await take(eight);
    if (!first || !second) throw new Error('no calls');
    expect(others).toHaveLength(6);

    await answer(first, []);
    expect(await take(eight)).toEqual([]);
    await answer(second, []);
    expect(await take(eight)).toHaveLength(2);
    for (const call of others.slice(0, 1)) await answer(call, []);
    expect(await take(eight)).toHaveLength(1);
  });

  test('go to the briefs one after the other', async () => {
    const keywords = ['a', 'b', 'c'];
    const first = await submit({ orders: [{ ...orderOf(), keywords }] });
    const second = await submit({ orders: [{ ...orderOf(), keywords }] });
    const calls = await take(settingsOf({ concurrency: 4 }));
    const byTurn = [...calls].sort((a, b) => a.turnAt.getTime() - b.turnAt.getTime());

    expect(byTurn.map(({ briefUuid }) => briefUuid)).toEqual([first.uuid, second.uuid, first.uuid, second.uuid]);
  });

  test('are not given beyond the budget of a brief, nor of a day', async () => {
    await submit({ orders: [{ ...orderOf(), keywords: ['a', 'b', 'c'] }] });
    await submit({ orders: [{ ...orderOf(), keywords: ['a', 'b', 'c'] }] });
    const priced = { pricePerCall: 0.01, concurrency: 100 };

    expect(await take(settingsOf({ ...priced, budgetPerBrief: 0.02, budgetPerDay: 0.03 }))).toHaveLength(3);
    expect(await take(settingsOf({ ...priced, budgetPerBrief: 0.02, budgetPerDay: 1 }))).toHaveLength(1);
  });
});

function orderOf() {
  const [order] = brief().orders;
  if (!order) throw new Error('A brief has an order');
  return order;
}

describe('what was found', () => {
  test('ends its task when it is stored, and its stage when all tasks have ended', async () => {
    await submit();
    const [a, b] = await take();
    if (!a || !b) throw new Error('Two calls are due');
    const first = await answer(a, ['k1', 'k2']);

    expect(first.ended.toExport).toEqual([]);
    expect(await statesOf('tasks')).toEqual(['running', 'running']);

    expect((await store(first.sent)).toExport).toEqual([]);
    expect(await statesOf('tasks')).toEqual(['finished', 'running']);

    const second = await answer(b, ['k2', 'k3']);
    const { toExport } = await store(second.sent);

    expect(await statesOf('tasks')).toEqual(['finished', 'finished']);
    expect(toExport).toHaveLength(1);
    expect(await database.app.transaction((session) => endStage(session, toExport[0] ?? ''))).toEqual({
      brief: a.briefUuid,
    });
    expect([await statesOf('stages'), await statesOf('briefs')]).toEqual([['finished'], ['finished']]);
  });

  test('is stored and listed whatever its values are, up to the bounds of what is read', async () => {
    await submit();
    const [call] = await take();
    if (!call) throw new Error('A call is due');
    const most = Number.MAX_SAFE_INTEGER;
    const long = '字'.repeat(500_000);
    const article = articleOf(
      {
        ...{
          article_key: long,
          url: long,
          title: long,
          content: long,
          user_name: long,
          user_id: long,
          platform_id: long,
        },
        ...{ cover_url: long, user_url: long, duration_seconds: most, post_time: '2026-11-10T00:00:00.000Z' },
        tags: Array.from({ length: 1000 }, (_, index) => `{"'\\,NULL${index}${long}`),
      },
      { like: most, share: most, comment: most, collect: most, user_fans: most, read: '9007199254740991' },
    );
    await store((await answer(call, [{ state: 'article', place: '/0', article }])).sent);
    const { rows } = await sql<{ stage: string }>`SELECT stage_uuid AS stage FROM briefs.articles`.execute(
      database.app.query,
    );
    const filter = { stage: rows[0]?.stage ?? '', platform: 'weibo', levels: [], name: '字' } as const;
    const { data } = await listAccounts(database.app, filter, { start: 0, length: 10 });

    expect(data).toMatchObject([{ count: 1, fans: most, sums: { sumLike: most } }]);
    expect(await sumsOf(database.app, [filter.stage])).toMatchObject([{ articles: 1, accounts: 1 }]);
  });

  test('by two keywords is one article with both, and a repeat of the second', async () => {
    await submit();
    const [a, b] = await take();
    if (!a || !b) throw new Error('Two calls are due');
    const [one, two] = [await answer(a, ['k1']), await answer(b, ['k1', 'k2'])];
    await store([...one.sent, ...two.sent]);

    const { rows } =
      await sql`SELECT article_key, keywords, "like", interaction FROM briefs.articles ORDER BY 1`.execute(
        database.app.query,
      );
    expect(rows).toEqual([
      { article_key: 'k1', keywords: ['a', 'b'], like: 1, interaction: 1 },
      { article_key: 'k2', keywords: ['b'], like: 1, interaction: 1 },
    ]);
    expect(await statesOf('finds')).toEqual(['dropped', 'stored', 'stored']);
  });

  test('changes nothing when it comes again, in whatever batches', async () => {
    await submit();
    const [a] = await take();
    if (!a) throw new Error('A call is due');
    const { sent } = await answer(a, ['k1', 'k2', 'k3']);
    for (const batch of [sent, sent.slice(1), [...sent, ...sent].reverse()]) await store(batch);

    expect(await statesOf('finds')).toEqual(['stored', 'stored', 'stored']);
    expect((await sql`SELECT FROM briefs.articles`.execute(database.app.query)).rows).toHaveLength(3);
  });

  test('settles alike when the last pieces come at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await submit();
      const calls = await take();
      const found = await Promise.all(calls.map((call, i) => answer(call, [`k${i}`])));
      const settled = await Promise.all(found.map(({ sent }) => store(sent)));

      expect(settled.flatMap(({ toExport }) => toExport)).toHaveLength(1);
    }
  });
});

test('a call that fails for good fails its task with the reason; one that was answered since is left alone', async () => {
  await submit({ orders: [{ ...orderOf(), keywords: ['a'] }] });
  const [call] = await take();
  const [open] = call ? await openCalls(database.app, [{ call: call.id, attempt: call.attempt }]) : [];
  if (!open) throw new Error('A call is open');
  const end = {
    outcome: 'login-wanted',
    answer: undefined,
    ...told,
    end: { state: 'failed', reason: 'needs-login: x' },
  } as const;
  const ended = await endCall(database.app, open, end);

  expect(ended).toMatchObject({ changed: 'needs-login' });
  expect(ended.toExport).toHaveLength(1);
  expect(await statesOf('tasks')).toEqual(['failed']);
  expect(await endCall(database.app, open, end)).toEqual({ toExport: [], changed: undefined, wakeAt: undefined });
  expect(await openCalls(database.app, [{ call: open.id, attempt: open.attempt }])).toEqual([undefined]);
});
