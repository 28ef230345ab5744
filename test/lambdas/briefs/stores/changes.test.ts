import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { exportAgain, runAgain } from '../../../../lambdas/briefs/stores/again-store.ts';
import { cancelBrief, changeBrief } from '../../../../lambdas/briefs/stores/change-store.ts';
import { deleteBrief, removeObjects } from '../../../../lambdas/briefs/stores/delete-store.ts';
import {
  pausePlatform,
  platformStates,
  probePlatform,
  resumePlatform,
} from '../../../../lambdas/briefs/stores/platform-store.ts';
import { endStage } from '../../../../lambdas/briefs/stores/settle-store.ts';
import { takeRereads } from '../../../../lambdas/briefs/stores/sweep-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { brief, now, settingsOf, type Walk, walkOf } from './walk-of-a-brief.ts';

let database: TestDatabase<unknown>;
let walk: Walk;

beforeAll(async () => {
  database = await startTestDatabase();
  walk = walkOf(database);
});

afterAll(() => database?.stop());

beforeEach(() => walk.empty());

const nobody = '00000000-0000-4000-8000-000000000000';

async function rowsOf(query: ReturnType<typeof sql>): Promise<unknown[]> {
  return (await query.execute(database.app.query)).rows;
}

const statesOfRuns = () =>
  rowsOf(sql`
    SELECT kind, state, parent IS NOT NULL AS has_parent, rows_in, rows_out, rows_failed, rows_filtered, lost
    FROM platform.runs WHERE workload = 'briefs' ORDER BY kind, rows_in`);

/** A brief whose only call fails for good, until its stage has ended. */
async function failedBrief() {
  const { uuid } = await walk.submit({ orders: [{ ...orderOf(), keywords: ['a'] }] });
  const [call] = await walk.take();
  if (!call) throw new Error('A call is due');
  const { toExport } = await walk.refuse(call, { state: 'failed', reason: 'unreachable: x' });
  const [stage = nobody] = toExport;
  await database.app.transaction((session) => endStage(session, stage));
  return { uuid, stage, call };
}

function orderOf() {
  const [order] = brief().orders;
  if (!order) throw new Error('A brief has an order');
  return order;
}

test('a brief that waits can be changed: its stages are planned anew under the same code', async () => {
  const { uuid, code } = await walk.submit();
  const orders = [{ ...orderOf(), keywords: ['c'], limit: 5 }, orderOf()];
  const changed = await changeBrief(database.app, { uuid, name: '冬季', orders, jobContent: ['new'] }, settingsOf());

  expect(changed).toBe('changed');
  expect(await rowsOf(sql`SELECT code, name, remarks, article_limit, job_content FROM briefs.briefs`)).toEqual([
    { code, name: '冬季', remarks: '', article_limit: 45, job_content: ['new'] },
  ]);
  expect(await rowsOf(sql`SELECT name, keywords FROM briefs.stages ORDER BY position`)).toEqual([
    { name: '冬季_1', keywords: ['c'] },
    { name: '冬季_2', keywords: ['a', 'b'] },
  ]);
  expect((await walk.take()).map(({ keyword }) => keyword).sort()).toEqual(['a', 'b', 'c']);
});

test('a brief that has begun can not be changed, nor one that is not there', async () => {
  const { uuid } = await walk.submit();
  const change = { uuid, name: 'x', orders: [orderOf()], jobContent: [] };
  await walk.take();

  expect(await changeBrief(database.app, change, settingsOf())).toBe('not-queued');
  expect(await changeBrief(database.app, { ...change, uuid: nobody }, settingsOf())).toBe('unknown');
});

test('a cancelled brief makes no further call, and keeps what is there and still comes', async () => {
  const { uuid } = await walk.submit();
  const [a, b] = await walk.take();
  if (!a || !b) throw new Error('Two calls are due');
  const { sent } = await walk.answer(a, ['k1']);

  const stages = (await rowsOf(sql`SELECT uuid FROM briefs.stages`)).map((stage) => (stage as { uuid: string }).uuid);
  expect(await cancelBrief(database.app, { uuid, reason: '不需要了' })).toEqual({
    outcome: 'cancelled',
    reason: '不需要了',
    toExport: stages,
  });
  expect(await cancelBrief(database.app, { uuid, reason: '再次' })).toEqual({
    outcome: 'cancelled',
    reason: '不需要了',
    toExport: [],
  });
  expect(await cancelBrief(database.app, { uuid: nobody, reason: '' })).toEqual({ outcome: 'unknown', toExport: [] });
  // What was on its way comes into files that are made anew; making them ends nothing a second time.
  for (const stage of stages) await database.app.transaction((session) => endStage(session, stage));
  expect((await walk.store(sent)).toExport).toEqual(stages);
  expect(await walk.take()).toEqual([]);
  await expect(walk.answer(b, ['k2'])).rejects.toThrow('not open');
  expect(await rowsOf(sql`SELECT state, cancel_reason FROM briefs.briefs`)).toEqual([
    { state: 'cancelled', cancel_reason: '不需要了' },
  ]);
  expect([await walk.statesOf('stages'), await walk.statesOf('tasks'), await walk.statesOf('finds')]).toEqual([
    ['cancelled'],
    ['cancelled', 'cancelled'],
    ['stored'],
  ]);
  expect(await statesOfRuns()).toEqual([
    expect.objectContaining({ kind: 'brief', state: 'stopped', lost: 0 }),
    expect.objectContaining({ kind: 'stage', state: 'stopped', lost: 0 }),
    expect.objectContaining({ kind: 'task', state: 'stopped', lost: 0 }),
    expect.objectContaining({ kind: 'task', state: 'stopped', lost: 0 }),
  ]);
});

test('a deleted brief leaves no row and no object, and articles of it that still come go nowhere', async () => {
  const [{ uuid }, other] = [await walk.submit(), await walk.submit()];
  const calls = (await walk.take()).filter(({ briefUuid }) => briefUuid === uuid);
  const [a] = calls;
  if (!a) throw new Error('A call is due');
  const { sent } = await walk.answer(a, ['k1']);
  const [stage] = (await rowsOf(sql`SELECT uuid FROM briefs.stages WHERE brief_uuid = ${uuid}`)) as { uuid: string }[];
  const objects = new Set([
    `briefs/raw/${uuid}/weibo/1-1`,
    `briefs/${stage?.uuid}.zip`,
    `briefs/${stage?.uuid}/keyword.xlsx`,
    `briefs/raw/${other.uuid}/weibo/2-1`,
  ]);
  await deleteBrief(database.app, uuid);
  await removeObjects(database.app, {
    async *list(prefix) {
      yield* [...objects].filter((key) => key.startsWith(prefix));
    },
    remove: async (key) => {
      objects.delete(key);
    },
  });

  expect([...objects]).toEqual([`briefs/raw/${other.uuid}/weibo/2-1`]);
  expect(await walk.store(sent)).toEqual({ toExport: [] });
  expect(await rowsOf(sql`SELECT uuid FROM briefs.briefs`)).toEqual([{ uuid: other.uuid }]);
  for (const table of ['articles', 'finds', 'removals'])
    expect(await rowsOf(sql`SELECT * FROM ${sql.table(`briefs.${table}`)}`)).toEqual([]);
  expect(await rowsOf(sql`SELECT FROM briefs.calls WHERE brief_uuid = ${uuid}`)).toEqual([]);
  expect(await rowsOf(sql`SELECT state FROM platform.runs WHERE name LIKE ${`%${uuid}`}`)).toEqual([
    { state: 'stopped' },
  ]);
  expect(await deleteBrief(database.app, uuid)).toBeUndefined();
});

test('what failed is run again, from the whole, a stage, a task or a call; its failure is put right by its answer', async () => {
  for (const part of ['brief', 'stage', 'task', 'call'] as const) {
    await walk.empty();
    const { uuid, stage, call } = await failedBrief();
    expect([await walk.statesOf('briefs'), await walk.statesOf('tasks')]).toEqual([['failed'], ['failed']]);
    const [task] = (await rowsOf(sql`SELECT uuid FROM briefs.tasks`)) as { uuid: string }[];
    const which = {
      brief: { brief: uuid },
      stage: { stage },
      task: { task: task?.uuid ?? '' },
      call: { call: call.id },
    };

    expect(await runAgain(database.app, which[part])).toEqual({ brief: uuid, calls: 1, pages: 0 });
    expect([await walk.statesOf('briefs'), await walk.statesOf('tasks')]).toEqual([['running'], ['running']]);
    expect(await runAgain(database.app, which[part])).toMatchObject({ calls: 0 });

    const [again] = await walk.take();
    if (!again) throw new Error('The call is due again');
    expect(again).toMatchObject({ id: call.id, attempt: 2 });
    const { sent } = await walk.answer(again, ['k1']);
    await walk.store(sent);
    await database.app.transaction((session) => endStage(session, stage));

    expect([await walk.statesOf('briefs'), await walk.statesOf('tasks')]).toEqual([['finished'], ['finished']]);
    expect(await rowsOf(sql`SELECT state, reason FROM platform.failures`)).toEqual([
      { state: 'resolved', reason: 'unreachable' },
    ]);
    expect(await statesOfRuns()).toEqual(
      ['brief', 'stage', 'task'].map((kind) => ({
        kind,
        state: 'succeeded',
        has_parent: kind !== 'brief',
        rows_in: 1,
        rows_out: 1,
        rows_failed: 0,
        rows_filtered: 0,
        lost: 0,
      })),
    );
  }
  expect(await runAgain(database.app, { brief: nobody })).toBeUndefined();
});

test('a page with an article that could not be read is read again as it was received, without a call', async () => {
  await walk.submit({ orders: [{ ...orderOf(), keywords: ['a'] }] });
  const [call] = await walk.take();
  if (!call) throw new Error('A call is due');
  const unreadable = { state: 'problem', place: '/x', reason: 'unreadable-time', shown: '某天' } as const;
  const { sent } = await walk.answer(call, ['k1', unreadable]);
  const { toExport } = await walk.store(sent);
  const [stage = nobody] = toExport;
  await database.app.transaction((session) => endStage(session, stage));

  expect(await walk.statesOf('briefs')).toEqual(['partial']);
  expect(await rowsOf(sql`SELECT state, reason, input FROM platform.failures`)).toEqual([
    { state: 'open', reason: 'unreadable-time', input: JSON.stringify({ again: { call: call.id } }) },
  ]);
  expect(await runAgain(database.app, { stage })).toMatchObject({ calls: 0, pages: 1 });
  expect(await walk.take()).toEqual([]);
  const [page] = await takeRereads(database.app.query, { now, leaseMs: 60_000 });
  expect(page).toMatchObject({ call: call.id, attempt: 2, raw_key: 'briefs/raw/1' });

  // The parser has learned that time: the article stands where the problem stood.
  const again = await walk.answer({ id: call.id, attempt: 2 }, ['k1', 'x']);
  expect(again.sent.map(({ place }) => place)).toEqual(['/x']);
  await walk.store(again.sent);
  await database.app.transaction((session) => endStage(session, stage));

  expect([await walk.statesOf('briefs'), await walk.statesOf('finds')]).toEqual([['finished'], ['stored', 'stored']]);
  expect(await rowsOf(sql`SELECT state FROM platform.failures`)).toEqual([{ state: 'resolved' }]);
  expect(await rowsOf(sql`SELECT found, taken FROM briefs.tasks`)).toEqual([{ found: 2, taken: 2 }]);
});

test('files are made again for stages that have ended', async () => {
  const { uuid, stage } = await failedBrief();
  await walk.submit();

  expect(await exportAgain(database.app, { brief: uuid })).toEqual([stage]);
  expect(await exportAgain(database.app, { stage })).toEqual([stage]);
  expect(await exportAgain(database.app, { brief: nobody })).toEqual([]);
  expect(await rowsOf(sql`SELECT state, export_state FROM briefs.stages WHERE uuid = ${stage}`)).toEqual([
    { state: 'failed', export_state: 'wanted' },
  ]);
});

test('platforms say how they stand, and stop and go on at a word', async () => {
  const settings = settingsOf({ pricePerCall: 0.5, budgetPerBrief: 10, budgetPerDay: 10 });
  const weibo = async () => (await platformStates(database.app, settings, now)).find(({ name }) => name === 'weibo');
  expect(await weibo()).toMatchObject({ state: 'working', calls_today: 0, cost_today_usd: 0, error_share: null });
  await walk.submit();
  await pausePlatform(database.app, 'weibo', 'a holiday');

  expect(await weibo()).toMatchObject({ state: 'paused', reason: 'a holiday', waiting: 2, under_way: 0 });
  expect(await walk.take(settings)).toEqual([]);
  expect(await probePlatform(database.app, 'douyin', { settings, now })).toBe('no-probe');

  await resumePlatform(database.app, 'weibo');
  const [a, b] = await walk.take(settings);
  if (!a || !b) throw new Error('Two calls are due');
  await walk.answer(a, []);
  await walk.refuse(b, { state: 'failed', reason: 'needs-login: ok -100' }, 'login-wanted');

  expect(await weibo()).toMatchObject({
    title: '微博',
    state: 'needs-login',
    reason: 'needs-login: ok -100',
    last_success_at: now,
    last_failure_at: now,
    down_since: now,
    calls_today: 2,
    cost_today_usd: 1,
    budget_per_day_usd: 10,
    error_share: 0.5,
  });
});
