import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import { fatesOf } from '../../../../lambdas/briefs/collect/fates.ts';
import type { AllPlatformSettings } from '../../../../lambdas/briefs/collect/settings.ts';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import type { FoundItem } from '../../../../lambdas/briefs/platforms/platform.ts';
import type { SentArticle } from '../../../../lambdas/briefs/ports.ts';
import { endCall, openCall, writeFates } from '../../../../lambdas/briefs/stores/answer-store.ts';
import { storeArticles } from '../../../../lambdas/briefs/stores/article-store.ts';
import { markRunning, takeCalls } from '../../../../lambdas/briefs/stores/dispatch-store.ts';
import { endStage } from '../../../../lambdas/briefs/stores/settle-store.ts';
import { type NewBrief, submitBrief } from '../../../../lambdas/briefs/stores/submit-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE briefs.briefs, briefs.day_codes, briefs.platforms, briefs.articles, briefs.calls CASCADE`.execute(
    database.admin.query,
  );
});

/** Past all that the database's own clock says of these rows. */
const now = new Date(Date.now() + 60 * 60_000);

const settingsOf = (over: object = {}) =>
  Object.fromEntries(
    platformNames.map((name) => [
      name,
      {
        driver: 'native',
        baseUrl: 'http://127.0.0.1:1',
        requestsPerSecond: 100,
        concurrency: 4,
        pricePerCall: 0,
        budgetPerBrief: 0,
        budgetPerDay: 0,
        enrich: false,
        probe: false,
        ...over,
      },
    ]),
  ) as unknown as AllPlatformSettings;

const brief = (over: Partial<NewBrief> = {}): NewBrief => ({
  name: '秋季',
  remarks: '',
  owner: 'mei',
  createUserName: '小梅',
  orders: [{ platforms: ['weibo'], keywords: ['a', 'b'], limit: 20, fromDay: '2026-11-01', toDay: '2026-11-30' }],
  jobContent: [],
  idempotencyKey: undefined,
  ...over,
});

const submit = (over?: Partial<NewBrief>) => submitBrief(database.app, brief(over));
const take = async (settings = settingsOf(), at = now) => {
  const calls = await takeCalls(database.app, { settings, now: at, leaseMs: 60_000 });
  await markRunning(database.app, calls);
  return calls;
};

async function statesOf(table: 'briefs' | 'stages' | 'tasks' | 'calls' | 'finds'): Promise<string[]> {
  const { rows } = await sql<{ state: string }>`SELECT state FROM ${sql.table(`briefs.${table}`)} ORDER BY 1`.execute(
    database.app.query,
  );
  return rows.map(({ state }) => state);
}

const item = (key: string): FoundItem => ({
  state: 'article',
  place: `/${key}`,
  article: articleOf({ article_key: key, url: `http://x/${key}`, post_time: '2026-11-10T00:00:00.000Z' }, { like: 1 }),
});

/** Answers a call with these articles, and resolves to those that are sent on. */
async function answer(call: { readonly id: number; readonly attempt: number }, keys: readonly string[]) {
  const open = await openCall(database.app, { call: call.id, attempt: call.attempt });
  if (!open?.task || open.page === undefined) throw new Error('The call is not open');
  const { task, page } = open;
  const range = { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-12-01T00:00:00Z') };
  const items = keys.map(item);
  const written = await writeFates(database.app, { task: task.uuid, page }, (locked) =>
    fatesOf(items, { ...range, ...locked }),
  );
  const sent = items.flatMap((each): SentArticle[] =>
    each.state === 'article' && written.fates.some(({ place, state }) => place === each.place && state === 'sent')
      ? [
          {
            platform: open.platform,
            brief_uuid: open.briefUuid ?? '',
            stage_uuid: open.stageUuid ?? '',
            task_uuid: task.uuid,
            keyword: task.keyword,
            page,
            place: each.place,
            crawled_at: now.toISOString(),
            raw_key: 'briefs/raw/1',
            article: each.article,
          },
        ]
      : [],
  );
  const ended = await endCall(database.app, open, {
    end: { state: 'answered', next: undefined },
    outcome: 'answered',
    rawKey: 'briefs/raw/1',
    now,
  });
  return { sent, ended };
}

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

    expect((await storeArticles(database.app, first.sent)).toExport).toEqual([]);
    expect(await statesOf('tasks')).toEqual(['finished', 'running']);

    const second = await answer(b, ['k2', 'k3']);
    const { toExport } = await storeArticles(database.app, second.sent);

    expect(await statesOf('tasks')).toEqual(['finished', 'finished']);
    expect(toExport).toHaveLength(1);
    expect(await database.app.transaction((session) => endStage(session, toExport[0] ?? ''))).toEqual({
      brief: a.briefUuid,
    });
    expect([await statesOf('stages'), await statesOf('briefs')]).toEqual([['finished'], ['finished']]);
  });

  test('by two keywords is one article with both, and a repeat of the second', async () => {
    await submit();
    const [a, b] = await take();
    if (!a || !b) throw new Error('Two calls are due');
    const [one, two] = [await answer(a, ['k1']), await answer(b, ['k1', 'k2'])];
    await storeArticles(database.app, [...one.sent, ...two.sent]);

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
    for (const batch of [sent, sent.slice(1), [...sent, ...sent].reverse()]) await storeArticles(database.app, batch);

    expect(await statesOf('finds')).toEqual(['stored', 'stored', 'stored']);
    expect((await sql`SELECT FROM briefs.articles`.execute(database.app.query)).rows).toHaveLength(3);
  });

  test('settles alike when the last pieces come at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await submit();
      const calls = await take();
      const found = await Promise.all(calls.map((call, i) => answer(call, [`k${i}`])));
      const settled = await Promise.all(found.map(({ sent }) => storeArticles(database.app, sent)));

      expect(settled.flatMap(({ toExport }) => toExport)).toHaveLength(1);
    }
  });
});

test('a call that fails for good fails its task with the reason; one that was answered since is left alone', async () => {
  await submit({ orders: [{ ...orderOf(), keywords: ['a'] }] });
  const [call] = await take();
  const open = call && (await openCall(database.app, { call: call.id, attempt: call.attempt }));
  if (!open) throw new Error('A call is open');
  const told = {
    outcome: 'login-wanted',
    rawKey: undefined,
    now,
    end: { state: 'failed', reason: 'needs-login: x' },
  } as const;
  const ended = await endCall(database.app, open, told);

  expect(ended).toMatchObject({ changed: 'needs-login' });
  expect(ended.toExport).toHaveLength(1);
  expect(await statesOf('tasks')).toEqual(['failed']);
  expect(await endCall(database.app, open, told)).toEqual({ toExport: [], changed: undefined });
  expect(await openCall(database.app, { call: open.id, attempt: open.attempt })).toBeUndefined();
});
