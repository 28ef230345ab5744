import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../../lambdas/recommender/behavior/actions.ts';
import type { NewExperiment } from '../../../lambdas/recommender/experiments/experiment.ts';
import { experimentBook } from '../../../lambdas/recommender/experiments/experiment-store.ts';
import { answerFrom } from '../../../lambdas/recommender/metrics/answer-store.ts';
import { ask } from '../../../lambdas/recommender/metrics/ask.ts';
import { computeMetrics } from '../../../lambdas/recommender/metrics/compute-store.ts';
import type { Question, Row } from '../../../lambdas/recommender/metrics/ports.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askFilesOf, segmentOf } from './files-of-behavior.ts';
import { type Behavior, generated, randomFrom } from './generated-behavior.ts';

const all = generated(20_000, { random: randomFrom(5), firstDay: '2026-11-01', days: 6 });
const range = { from: '2026-11-02', to: '2026-11-05' };
const scope = { tenant_id: "o'neill:tw", ...range };
const inScope = all.filter(
  ({ tenant_id, day }) => tenant_id === scope.tenant_id && day >= range.from && day <= range.to,
);
const known: readonly string[] = actions;

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
  await store(all);
  const users = [...new Set(all.map(({ user_id }) => user_id))].filter((user) => segmentOf(user) !== undefined);
  await sql`
    INSERT INTO recommender.profiles (tenant_id, scenario_id, user_id, counts, segment, last_at, computed_at)
    SELECT tenant, scenario, user_id, '{}', segment, now(), now()
    FROM unnest(${users}::text[], ${users.map((user) => segmentOf(user) ?? '')}::text[]) AS u (user_id, segment),
      unnest(ARRAY['shop', ${scope.tenant_id}]) AS tenant, unnest(ARRAY['feed', 'home']) AS scenario`.execute(
    database.app.query,
  );
});

afterAll(() => database?.stop());

/** Puts rows as the consumer of behaviour does: the days first. */
async function store(rows: readonly Behavior[]): Promise<void> {
  for (const day of new Set(rows.map((row) => row.day)))
    await sql`SELECT recommender.make_day('behaviors', ${day}::date)`.execute(database.app.query);
  await sql`
    INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, part, request_id,
      strategy, slot, model_id, experiment_id, experiment_group, device, received_at)
    SELECT tenant_id, scenario_id, user_id, item_id, action, to_timestamp(at / 1000.0), day, event_id, part, request_id,
      strategy, slot, model_id, experiment_id, experiment_group, device, now()
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (tenant_id text, scenario_id text, user_id text, item_id text,
      action text, at bigint, day date, event_id text, part smallint, request_id uuid, strategy text, slot int,
      model_id uuid, experiment_id text, experiment_group text, device text)`.execute(database.app.query);
}

const fromDatabase = (question: Question) =>
  answerFrom(database.app, question, { hotFrom: '2026-11-01', knownActions: actions });
const fromFiles = (question: Question) =>
  ask(question, {
    askDatabase: (asked) => answerFrom(database.app, asked, { hotFrom: '2026-11-03', knownActions: actions }),
    askFiles: (text) => askFilesOf(all, text),
    today: () => range.to,
  });

/** As text, for PostgreSQL and Athena write numbers in their own ways. */
const asText = (rows: readonly Row[] | undefined) =>
  (rows ?? []).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])),
  );

/** Figures counted one by one. */
function counted(rows: readonly Behavior[]): Record<string, string> {
  const used = rows.filter(({ action }) => known.includes(action));
  const of = (...names: string[]) => used.filter(({ action }) => names.includes(action));
  return {
    impressions: String(of('impression').length),
    clicks: String(of('click').length),
    conversions: String(of('order', 'payment', 'purchase').length),
    engagements: String(of('like', 'favorite', 'share', 'comment', 'follow').length),
    items_shown: String(new Set(of('impression').map(({ item_id }) => item_id)).size),
    active_users: String(new Set(used.map(({ user_id }) => user_id)).size),
  };
}

describe('figures', () => {
  test('equal what is counted one by one', async () => {
    const { rows } = await fromDatabase({ ask: 'figures', scope, by: [] });

    expect(asText(rows)).toEqual([counted(inScope)]);
  });

  test.each(['day', 'scenario', 'strategy', 'model', 'slot', 'segment'] as const)(
    'by %s too, from database and files',
    async (by) => {
      const column = ({ scenario: 'scenario_id', model: 'model_id' } as Record<string, string>)[by] ?? by;
      const expected = new Map(
        Map.groupBy(inScope, (row) =>
          by === 'segment' ? (segmentOf(row.user_id) ?? null) : row[column as keyof Behavior],
        )
          .entries()
          .map(([value, rows]) => [value === null ? null : String(value), counted(rows)]),
      );

      for (const found of [
        await fromDatabase({ ask: 'figures', scope, by: [by] }),
        await fromFiles({ ask: 'figures', scope, by: [by] }),
      ])
        expect(new Map(asText(found.rows).map(({ [column]: value = null, ...figures }) => [value, figures]))).toEqual(
          expected,
        );
    },
  );

  test('of a range that reaches back beyond the database come from the files, without a seam', async () => {
    const question = { ask: 'figures', scope, by: [] } as const;
    const { rows, source } = await fromFiles(question);

    expect(source).toBe('files');
    expect(asText(rows)).toEqual(asText((await fromDatabase(question)).rows));
  });

  test('of another tenant with the same users and items are its own', async () => {
    const { rows } = await fromDatabase({
      ask: 'figures',
      scope: { ...scope, tenant_id: "o'neill' OR 'a'='a" },
      by: [],
    });

    expect(Number(rows?.[0]?.active_users)).toBe(0);
  });
});

test('the funnel equals the way of each user', async () => {
  const steps = [['impression'], ['click'], ['order', 'payment', 'purchase']];
  const reached = [0, 0, 0];
  for (const rows of Map.groupBy(inScope, ({ user_id }) => user_id).values()) {
    let since = Number.NEGATIVE_INFINITY;
    for (const [step, names] of steps.entries()) {
      const next = rows.filter(({ action, at }) => names.includes(action) && at >= since).map(({ at }) => at);
      if (next.length === 0) break;
      since = Math.min(...next);
      reached[step] = (reached[step] ?? 0) + 1;
    }
  }

  for (const { rows } of [await fromDatabase({ ask: 'funnel', scope }), await fromFiles({ ask: 'funnel', scope })]) {
    const [row] = asText(rows);
    expect([row?.impression, row?.click, row?.conversion]).toEqual(reached.map(String));
  }
});

test('top items are the same from database and files', async () => {
  const question = { ask: 'top-items', scope, by: 'clicks', most: 10 } as const;
  const [first, ...others] = asText((await fromDatabase(question)).rows);
  const shown = inScope.filter(
    ({ item_id, scenario_id }) => item_id === first?.item_id && scenario_id === first.scenario_id,
  );

  expect(first?.clicks).toBe(counted(shown).clicks);
  expect(others.length).toBeGreaterThan(0);
  expect(asText((await fromFiles(question)).rows)).toEqual([first, ...others]);
});

describe('computed days', () => {
  const compute = (tenant: string, scenario: string) =>
    computeMetrics(database.app, { tenant, scenario, now: new Date('2026-11-07T00:00:00Z'), knownActions: actions });
  const trend = async (dimension: 'strategy' | '' = '') =>
    (await fromDatabase({ ask: 'trends', dimension, scope: { ...scope, scenario_id: 'feed' } })).rows ?? [];

  test('equal the figures of each day, and of each strategy on it', async () => {
    expect((await compute("o'neill:tw", 'feed')).days).toBe(6);

    const feed = inScope.filter(({ scenario_id }) => scenario_id === 'feed');
    for (const row of await trend())
      expect(asText([row])[0]).toMatchObject(counted(feed.filter(({ day }) => day === row.day)));
    const ofStrategies = await trend('strategy');
    expect(ofStrategies.length).toBe(4 * 3);
    for (const row of ofStrategies)
      expect(asText([row])[0]).toMatchObject(
        counted(feed.filter(({ day, strategy }) => day === row.day && strategy === row.value)),
      );
  });

  test('change when something comes late, and only that way', async () => {
    const before = await trend();
    await compute("o'neill:tw", 'feed');
    expect((await trend()).map(({ clicks }) => clicks)).toEqual(before.map(({ clicks }) => clicks));

    const [some] = inScope.filter(({ scenario_id, day }) => scenario_id === 'feed' && day === '2026-11-03');
    if (!some) throw new Error('Nothing happened');
    await store([{ ...some, action: 'click', event_id: 'late' }]);
    await compute("o'neill:tw", 'feed');

    const clicks = (rows: readonly Row[]) => Number(rows.find(({ day }) => day === '2026-11-03')?.clicks);
    expect(clicks(await trend())).toBe(clicks(before) + 1);
    await sql`DELETE FROM recommender.behaviors WHERE event_id = 'late'`.execute(database.app.query);
  });
});

describe('experiments', () => {
  const now = new Date('2026-11-01T00:00:00Z');
  const given = {
    experiment_id: 'exp_001',
    scenario_id: 'feed',
    name: 'More of the model',
    description: '',
    least_lift: 0.1,
    variants: [
      { name: 'control', traffic: 50, config: {} },
      { name: 'treatment', traffic: 50, config: { weights: { model: 0.8 } } },
    ] as NewExperiment['variants'],
  };
  const book = () => experimentBook(database.app);

  test('are made, started and stopped once, one at a time in a scenario', async () => {
    const by = { author: 'test', now };
    await book().add('shop', given, by);
    await book().add('shop', { ...given, experiment_id: 'exp_002' }, by);
    await expect(book().add('shop', given, by)).rejects.toThrow('实验ID已存在: exp_001');
    expect(await book().running('shop', 'feed')).toBeUndefined();

    await book().start('shop', 'exp_001', now);
    await expect(book().start('shop', 'exp_002', now)).rejects.toThrow('该场景已有正在运行的实验');
    await expect(book().start('shop', 'exp_001', now)).rejects.toThrow(/running/);
    expect(await book().running('shop', 'feed')).toMatchObject({ experiment_id: 'exp_001', variants: given.variants });
    expect(await book().running("o'neill:tw", 'feed')).toBeUndefined();
    await expect(book().find("o'neill:tw", 'exp_001')).rejects.toThrow('实验不存在: exp_001');

    await book().stop('shop', 'exp_001', now);
    await expect(book().start('shop', 'exp_001', now)).rejects.toThrow(/stopped/);
    expect((await book().list('shop', { state: 'stopped' }, { start: 0, length: 10 })).total).toBe(1);
  });

  test('have facts that equal the way of each user, also of days that have left the database', async () => {
    for (const scenario of ['feed', 'home'])
      await computeMetrics(database.app, { tenant: 'shop', scenario, now, knownActions: actions });
    const before = await book().facts('shop', 'exp_001', '2026-11-01');
    const after = await book().facts('shop', 'exp_001', '2026-11-04');
    const own = all.filter(
      ({ tenant_id, scenario_id, experiment_id }) =>
        tenant_id === 'shop' && scenario_id === 'feed' && experiment_id !== null,
    );
    const relevant = own.filter(({ action }) => action === 'impression' || action === 'click');
    const users = Map.groupBy(relevant, ({ user_id }) => user_id);
    const clicks = new Set(
      relevant
        .filter(({ action }) => action === 'click')
        .map(({ user_id, request_id, event_id, item_id }) =>
          JSON.stringify([user_id, request_id ?? event_id, item_id]),
        ),
    );

    const sum = (of: (facts: (typeof before)[number]) => number) =>
      before.reduce((total, facts) => total + of(facts), 0);
    expect(sum(({ sums }) => sums.users)).toBe(users.size);
    expect(sum(({ sums }) => sums.impressions)).toBe(relevant.filter(({ action }) => action === 'impression').length);
    expect(sum(({ sums }) => sums.clicks)).toBe(clicks.size);
    expect(sum(({ days }) => days.at(-1)?.clicked ?? 0)).toBe(
      users
        .values()
        .filter((rows) => rows.some(({ action }) => action === 'click'))
        .toArray().length,
    );
    expect(after).toEqual(before);
  });
});
