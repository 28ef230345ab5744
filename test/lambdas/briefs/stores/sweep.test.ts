import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import type { Detail, FoundItem } from '../../../../lambdas/briefs/platforms/platform.ts';
import { openCalls } from '../../../../lambdas/briefs/stores/calls/open-call-store.ts';
import { keepDetails } from '../../../../lambdas/briefs/stores/detail-store.ts';
import { exportsOverdue, forget, isBusy } from '../../../../lambdas/briefs/stores/retention-store.ts';
import { endStage } from '../../../../lambdas/briefs/stores/settle-store.ts';
import { findLost, giveBackCalls, giveUpCalls, takeRereads } from '../../../../lambdas/briefs/stores/sweep-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { now, settingsOf, told, type Walk, walkOf } from './walk-of-a-brief.ts';

let database: TestDatabase<unknown>;
let walk: Walk;

beforeAll(async () => {
  database = await startTestDatabase();
  walk = walkOf(database);
});

afterAll(() => database?.stop());

beforeEach(() => walk.empty());

const order = { platforms: ['weibo'], keywords: ['a'], limit: 20, fromDay: '2026-11-01', toDay: '2026-11-30' } as const;
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const rowsOf = async (query: ReturnType<typeof sql>) => (await query.execute(database.app.query)).rows;
const giveUp = (settings = settingsOf(), at = now) => giveUpCalls(database.app, { ...told, settings, now: at });

describe('money', () => {
  test('ends a brief before it would pass its budget, partial and saying so', async () => {
    const settings = settingsOf({ pricePerCall: 0.01, budgetPerBrief: 0.02, budgetPerDay: 1 });
    await walk.submit({ orders: [{ ...order, keywords: ['a', 'b', 'c'] }] });
    const calls = await walk.take(settings);
    expect(calls).toHaveLength(2);
    for (const call of calls) await walk.store((await walk.answer(call, [`k${call.id}`])).sent, settings);
    const { toExport } = await giveUp(settings);
    const [stage = ''] = toExport;
    await database.app.transaction((session) => endStage(session, stage));

    const reason = 'budget: a further call would pass the 0.02 USD of a brief';
    expect(await rowsOf(sql`SELECT state, reason FROM briefs.briefs`)).toEqual([
      { state: 'partial', reason: `秋季_1: weibo: ${reason}` },
    ]);
    expect(await rowsOf(sql`SELECT state, reason FROM briefs.tasks WHERE reason IS NOT NULL`)).toEqual([
      { state: 'failed', reason },
    ]);
    expect(await rowsOf(sql`SELECT sum(cost_usd) AS cost FROM briefs.calls`)).toEqual([{ cost: 0.02 }]);
    expect(await walk.take(settings)).toEqual([]);
  });

  test('of a day is spent by all briefs together, and is there again on the next', async () => {
    const settings = settingsOf({ pricePerCall: 0.01, budgetPerBrief: 1, budgetPerDay: 0.01 });
    await walk.submit({ orders: [{ ...order, keywords: ['a'] }] });
    expect(await walk.take(settings)).toHaveLength(1);
    await walk.submit({ orders: [{ ...order, keywords: ['b'] }] });
    await giveUp(settings);
    expect(await walk.statesOf('tasks')).toEqual(['failed', 'running']);

    await walk.submit({ orders: [{ ...order, keywords: ['c'] }] });
    const tomorrow = minutes(24 * 60);
    await giveUp(settings, tomorrow);
    expect(await walk.take(settings, tomorrow)).toHaveLength(1);
  });
});

describe('a platform', () => {
  test('that is off fails its tasks at once', async () => {
    await walk.submit();
    const { toExport } = await giveUp(settingsOf({ driver: 'off' }));

    expect(toExport).toHaveLength(1);
    expect(await rowsOf(sql`SELECT DISTINCT state, reason FROM briefs.tasks`)).toEqual([
      { state: 'failed', reason: 'off: weibo is switched off' },
    ]);
  });

  test('that wants a login fails what waits for it, and is tried again after its pause', async () => {
    await walk.submit({ orders: [{ ...order, keywords: ['a', 'b', 'c'] }] });
    const [call] = await walk.take(settingsOf({ concurrency: 1 }));
    if (!call) throw new Error('A call is due');
    await walk.refuse(call, { state: 'failed', reason: 'needs-login: ok -100' }, 'login-wanted');
    await giveUp();

    expect(await rowsOf(sql`SELECT DISTINCT state, reason FROM briefs.tasks`)).toEqual([
      { state: 'failed', reason: 'needs-login: ok -100' },
    ]);
    expect(await rowsOf(sql`SELECT count(*) AS rows FROM platform.failures`)).toEqual([{ rows: 3 }]);

    await walk.submit();
    const later = minutes(16);
    await giveUp(settingsOf(), later);
    expect(await walk.take(settingsOf(), later)).toHaveLength(1);
  });

  test('that is blocked is waited for as long as its patience lasts', async () => {
    await walk.submit({ orders: [{ ...order, keywords: ['a', 'b'] }] });
    const [call] = await walk.take(settingsOf({ concurrency: 1 }));
    if (!call) throw new Error('A call is due');
    await walk.refuse(call, { state: 'waiting', dueAt: now, reason: 'blocked: captcha' }, 'blocked');
    const patient = settingsOf({ patienceSeconds: 30 });

    await giveUp(patient, new Date(now.getTime() + 29_000));
    expect(await walk.statesOf('calls')).toEqual(['waiting', 'waiting']);
    await giveUp(patient, new Date(now.getTime() + 31_000));
    expect(await rowsOf(sql`SELECT DISTINCT state, reason FROM briefs.calls`)).toEqual([
      { state: 'failed', reason: 'blocked: captcha' },
    ]);
  });
});

describe('what got lost', () => {
  test('comes again, up to the last try, and is then in the ledger', async () => {
    await walk.submit({ orders: [{ ...order, keywords: ['a'] }] });
    for (let lost = 1; lost <= 5; lost += 1) {
      const at = minutes(lost * 10);
      expect(await walk.take(settingsOf(), at)).toMatchObject([{ attempt: lost }]);
      expect(await giveBackCalls(database.app, { ...told, now: at })).toMatchObject({ back: 0 });
      expect(await giveBackCalls(database.app, { ...told, now: minutes(lost * 10 + 5) })).toMatchObject({ back: 1 });
    }

    expect([await walk.statesOf('calls'), await walk.statesOf('tasks')]).toEqual([['failed'], ['failed']]);
    expect(await rowsOf(sql`SELECT reason, attempts FROM platform.failures`)).toEqual([
      { reason: 'lost', attempts: 5 },
    ]);
  });

  test('of a page that was read is read again as it was received, and its articles are sent again', async () => {
    await walk.submit({ orders: [{ ...order, keywords: ['a'] }] });
    const [call] = await walk.take();
    if (!call) throw new Error('A call is due');
    const first = await walk.answer(call, ['k1', 'k2']);
    await walk.store(first.sent.slice(0, 1));

    expect(await findLost(database.app, { now: minutes(5) })).toEqual({ toExport: [] });
    expect(await takeRereads(database.app.query, { now, leaseMs: 1 })).toEqual([]);
    await findLost(database.app, { now: minutes(11) });
    const [page] = await takeRereads(database.app.query, { now: minutes(11), leaseMs: 60_000 });
    expect(page).toMatchObject({ call: call.id, attempt: 2, raw_key: 'briefs/raw/1' });

    const again = await walk.answer({ id: call.id, attempt: 2 }, ['k1', 'k2']);
    expect(again.sent.map(({ place }) => place)).toEqual(['/k2']);
    expect((await walk.store(again.sent)).toExport).toHaveLength(1);
    expect(await walk.statesOf('finds')).toEqual(['stored', 'stored']);
  });

  test('are files whose message did not arrive', async () => {
    await walk.submit({ orders: [{ ...order, keywords: ['a'] }] });
    const [call] = await walk.take();
    if (!call) throw new Error('A call is due');
    const { ended } = await walk.answer(call, []);

    expect(await exportsOverdue(database.app, new Date())).toEqual([]);
    expect(await exportsOverdue(database.app, minutes(11))).toEqual(ended.toExport);
    expect(await exportsOverdue(database.app, minutes(11))).toEqual([]);
    expect(await isBusy(database.app)).toBe(true);
  });
});

describe('details', () => {
  const settings = settingsOf(
    { enrich: true },
    { redbook: { driver: 'gateway', enrich: true, pricePerCall: 0.001, budgetPerBrief: 1, budgetPerDay: 1 } },
  );
  const note = (key: string, user: string): FoundItem => ({
    state: 'article',
    place: `/${key}`,
    article: articleOf(
      {
        article_key: key,
        url: `http://x/${key}`,
        post_time: '2026-11-10T00:00:00.000Z',
        content: 'the beginning',
        content_cut: true,
        user_id: user,
        platform_id: key,
      },
      { like: 10 },
    ),
  });

  async function crawl(keys: readonly FoundItem[]) {
    await walk.submit({ orders: [{ ...order, platforms: ['redbook'], keywords: ['a'] }] });
    const [call] = await walk.take(settings);
    if (!call) throw new Error('A call is due');
    const { sent } = await walk.answer(call, keys);
    const stored = await walk.store(sent, settings);
    await walk.store(sent, settings);
    return stored;
  }

  const keep = (kind: 'user' | 'note', subject: string, of: string | undefined, detail: Detail) =>
    database.app.transaction(({ query }) =>
      keepDetails(query, [{ platform: 'redbook', kind, subject, brief: of ?? '', detail, at: now }]),
    );

  test('are asked for once a user and note, after the articles are stored, and their stage waits for them', async () => {
    expect(await crawl([note('n1', 'u1'), note('n2', 'u1')])).toEqual({ toExport: [] });
    expect(await walk.statesOf('tasks')).toEqual(['finished']);
    const calls = await walk.take(settings);
    expect(calls.map(({ kind, subject }) => [kind, subject]).sort()).toEqual([
      ['note', 'n1'],
      ['note', 'n2'],
      ['user', 'u1'],
    ]);

    for (const { id, attempt, kind } of calls) {
      const [open] = await openCalls(database.app, [{ call: id, attempt }]);
      if (!open) throw new Error('The call is open');
      if (kind === 'user') await keep('user', 'u1', open.briefUuid, { user_fans: 100, user_posts: 3 });
      const ended = await walk.refuse(
        { id, attempt },
        kind === 'user' ? { state: 'answered', next: undefined } : { state: 'failed', reason: 'unknown-shape: gone' },
      );
      expect(ended.toExport).toHaveLength(id === calls.at(-1)?.id ? 1 : 0);
    }
    expect(
      await rowsOf(sql`
        SELECT user_fans, user_fans_level, user_posts, interaction_per, content, enriched FROM briefs.articles`),
    ).toEqual(
      Array.from({ length: 2 }, () => ({
        user_fans: 100,
        user_fans_level: '素人',
        user_posts: 3,
        interaction_per: 0.1,
        content: 'the beginning',
        enriched: true,
      })),
    );
  });

  test('are known for a day to all briefs', async () => {
    await crawl([note('n1', 'u1')]);
    for (const kind of ['user', 'note'] as const)
      await keep(
        kind,
        kind === 'user' ? 'u1' : 'n1',
        crypto.randomUUID(),
        kind === 'user' ? { user_fans: 7 } : { content: 'all of it', tags: ['x'] },
      );
    await sql`UPDATE briefs.calls SET state = 'answered'`.execute(database.app.query);

    expect((await crawl([note('n1', 'u1')])).toExport).toHaveLength(1);
    expect(
      await rowsOf(sql`SELECT user_fans, content, content_cut, tags FROM briefs.articles ORDER BY id DESC LIMIT 1`),
    ).toEqual([{ user_fans: 7, content: 'all of it', content_cut: false, tags: ['x'] }]);
    await sql`UPDATE briefs.details SET fetched_at = ${minutes(-24 * 60 - 1)}`.execute(database.app.query);
    expect(await crawl([note('n1', 'u1')])).toEqual({ toExport: [] });
  });

  test('that no budget pays for are said to be missing', async () => {
    await crawl([note('n1', 'u1')]);
    const poor = settingsOf({}, { redbook: { ...settings.redbook, budgetPerBrief: 0.001 } });
    const { toExport } = await giveUp(poor);
    const [stage = ''] = toExport;
    await database.app.transaction((session) => endStage(session, stage));

    expect(await rowsOf(sql`SELECT state, reason FROM briefs.stages`)).toEqual([
      { state: 'partial', reason: 'redbook: budget: a further call would pass the 0.001 USD of a brief' },
    ]);
    expect(await walk.statesOf('tasks')).toEqual(['finished']);
  });
});

test('what is old is forgotten: articles, files and details, each after its own time', async () => {
  await walk.submit({ orders: [{ ...order, keywords: ['a'] }] });
  const [call] = await walk.take();
  if (!call) throw new Error('A call is due');
  const { sent } = await walk.answer(call, ['k1']);
  const [stage = ''] = (await walk.store(sent)).toExport;
  await database.app.transaction((session) => endStage(session, stage));
  const days = (count: number) => minutes(count * 24 * 60);

  await forget(database.app, { now: days(9), articles: 10, files: 10 });
  expect(await isBusy(database.app)).toBe(false);
  await forget(database.app, { now: days(11), articles: 30, files: 10 });
  expect(await rowsOf(sql`SELECT prefix FROM briefs.removals ORDER BY 1`)).toEqual([
    { prefix: `briefs/${stage}.zip` },
    { prefix: `briefs/${stage}/` },
  ]);
  expect(await rowsOf(sql`SELECT count(*) AS articles FROM briefs.articles`)).toEqual([{ articles: 1 }]);
  await forget(database.app, { now: days(31), articles: 30, files: 10 });
  expect(await rowsOf(sql`SELECT FROM briefs.articles`)).toEqual([]);
});
