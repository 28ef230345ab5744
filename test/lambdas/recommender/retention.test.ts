import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { actions } from '../../../lambdas/recommender/behavior/actions.ts';
import { experimentBook } from '../../../lambdas/recommender/experiments/experiment-store.ts';
import { behaviorFilesIn } from '../../../lambdas/recommender/files/behavior-files-bucket.ts';
import { dayKey, lateKey } from '../../../lambdas/recommender/files/write-files.ts';
import { answerFrom } from '../../../lambdas/recommender/metrics/answer-store.ts';
import { computeMetrics } from '../../../lambdas/recommender/metrics/compute-store.ts';
import { useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';
import { now, startCleanup } from './cleanup-under-test.ts';

let cleanup: Awaited<ReturnType<typeof startCleanup>>;

beforeAll(async () => {
  cleanup = await startCleanup(useLocalAws);
}, 600_000);
afterAll(() => cleanup?.stop());

const past = '2026-11-15';
const keeps = (tenant: string, scenario: string, days: number) =>
  cleanup.query(`INSERT INTO recommender.scenarios (tenant_id, scenario_id, name, type, config, author)
    VALUES ('${tenant}', '${scenario}', '', 'news', '{"retention": {"behavior_days": ${days}}}', 'a')`);
const counted = () =>
  computeMetrics(cleanup.database.app, { tenant: 'shop', scenario: 'home', now, knownActions: actions });
const scope = { tenant_id: 'shop', scenario_id: 'home', from: '2026-11-01', to: '2026-11-30' };
const asks = (question: { ask: 'trends'; dimension: '' } | { ask: 'figures'; by: [] }) =>
  answerFrom(cleanup.database.app, { ...question, scope }, { hotFrom: '2026-11-01', knownActions: actions });
const scenariosIn = async (key: string) =>
  (await Array.fromAsync(behaviorFilesIn('raw').read(key))).flat().map(([tenant, scenario]) => `${tenant}/${scenario}`);

beforeEach(async () => {
  await cleanup.emptied();
  await keeps('shop', 'home', 10);
  await keeps('shop', 'year', 365);
  for (const scenario of ['home', 'year', 'nobody made'])
    await cleanup.happenedIn(scenario, past, 'shop', [`${scenario} a`]);
  await cleanup.happenedIn('home', past, 'shop', ['b']);
  // Of the same name, in a tenant that keeps all.
  await cleanup.happenedIn('home', past, 'other', ['a']);
  await cleanup.happenedIn('home', '2026-11-20', 'shop', ['first that is kept']);
  for (const [tenant, day] of [
    ['shop', past],
    ['other', past],
    ['shop', '2026-11-20'],
  ] as const)
    await cleanup.written(tenant, day);
});

test('what is past its retention leaves the database and the files, once its figures are computed; these stay as they were', async () => {
  expect(await cleanup.cleaned()).toMatchObject({ uncounted_days: 1, past_days: 0 });
  await counted();
  const figures = await asks({ ask: 'trends', dimension: '' });
  expect(figures.rows).toMatchObject([
    { day: past, clicks: 2 },
    { day: '2026-11-20', clicks: 1 },
  ]);

  cleanup.asked.length = 0;
  expect(await cleanup.cleaned()).toMatchObject({ uncounted_days: 0, past_days: 1, past_behaviors: 2 });
  expect(cleanup.asked).toEqual([{ kind: 'retention', tenant_id: 'shop' }]);
  await cleanup.worked({ kind: 'retention', tenant_id: 'shop' });

  expect((await scenariosIn(dayKey('shop', past))).sort()).toEqual(['shop/nobody made', 'shop/year']);
  expect(await scenariosIn(dayKey('other', past))).toEqual(['other/home']);
  expect(await scenariosIn(dayKey('shop', '2026-11-20'))).toEqual(['shop/home']);
  await counted();
  expect((await asks({ ask: 'trends', dimension: '' })).rows).toMatchObject([
    { day: past, clicks: 2 },
    { day: '2026-11-20', clicks: 1 },
  ]);
  expect(await asks({ ask: 'figures', by: [] })).toMatchObject({ kept_from: '2026-11-20', rows: [{ clicks: 1 }] });
  // All was looked through.
  cleanup.asked.length = 0;
  expect(await cleanup.cleaned()).toMatchObject({ past_days: 0 });
  expect(cleanup.asked).toEqual([]);
});

test('an experiment keeps what it has found on days that are past the retention of its scenario', async () => {
  const experiments = experimentBook(cleanup.database.app);
  const variants = ['control', 'treatment'].map((name) => ({ name, traffic: 50, config: {} }));
  const given = { experiment_id: 'exp', scenario_id: 'home', name: 'e', description: '', variants, least_lift: 0.1 };
  await experiments.add('shop', given, { author: 'a', now });
  await cleanup.query(`UPDATE recommender.behaviors SET experiment_id = 'exp', experiment_group = 'control'`);
  await counted();
  const before = await experiments.facts('shop', 'exp', '2026-11-01');
  expect(before[0]?.days.at(-1)).toMatchObject({ exposed: 1, clicked: 1 });

  expect(await cleanup.cleaned()).toMatchObject({ past_days: 1 });

  expect(await experiments.facts('shop', 'exp', '2026-11-01')).toEqual(before);
  await cleanup.query(`DELETE FROM recommender.experiments`);
});

test('what is past its retention comes back neither with a file that is written again nor with an import', async () => {
  await counted();
  await cleanup.cleaned();
  await cleanup.written('shop', past);
  await cleanup.worked({ kind: 'retention', tenant_id: 'shop' });
  await cleanup.happenedIn('home', past, 'shop', ['imported']);
  await cleanup.written('shop', past);

  expect(await scenariosIn(dayKey('shop', past))).not.toContain('shop/home');
  await counted();
  // Those of the one that was imported would be figures of nothing.
  expect((await asks({ ask: 'trends', dimension: '' })).rows?.[0]).toMatchObject({ day: past, clicks: 2 });
  expect(await cleanup.cleaned()).toMatchObject({ past_days: 1, past_behaviors: 1 });
  expect(
    await cleanup.query(
      `SELECT FROM recommender.behaviors WHERE scenario_id = 'home' AND day = '${past}' AND tenant_id = 'shop'`,
    ),
  ).toEqual([]);
});

test('a day whose figures are never computed leaves the database with the others of its age', async () => {
  const old = '2026-10-30';
  await cleanup.happenedIn('home', old, 'shop', ['never counted']);
  await cleanup.happenedIn('year', old, 'shop', ['kept for a year']);
  await cleanup.written('shop', old);
  await cleanup.worked({ kind: 'retention', tenant_id: 'shop' });
  expect(await scenariosIn(dayKey('shop', old))).toEqual(['shop/year']);

  expect(await cleanup.cleaned()).toMatchObject({ waiting_days: 0, behavior_days: 1 });

  expect(await cleanup.daysOf('behaviors')).not.toContain(old);
  expect(await scenariosIn(dayKey('shop', old))).toEqual(['shop/year']);
});

test('what is imported after a retention was made longer is counted, and waits for its file as everything does', async () => {
  const old = '2026-10-30';
  await counted();
  await cleanup.cleaned();
  await cleanup.worked({ kind: 'retention', tenant_id: 'shop' });
  await cleanup.query(`UPDATE recommender.scenarios SET config = '{"retention": {"behavior_days": 3650}}'`);
  await cleanup.happenedIn('home', old, 'shop', ['imported']);

  await counted();
  expect(
    await cleanup.query(`SELECT clicks FROM recommender.daily_metrics WHERE day = '${old}' AND dimension = ''`),
  ).toEqual([{ clicks: 1 }]);
  expect(await cleanup.cleaned()).toMatchObject({ waiting_days: 1, behavior_days: 0 });
  expect(cleanup.asked).toContainEqual({ kind: 'day', tenant_id: 'shop', day: old });
  await cleanup.written('shop', old);
  expect(await cleanup.cleaned()).toMatchObject({ waiting_days: 0, behavior_days: 1 });
  expect(await scenariosIn(dayKey('shop', old))).toEqual(['shop/home']);
});

test('retention is that of eight days at least: what happened a week ago may still come', async () => {
  await cleanup.query(`UPDATE recommender.scenarios SET config = '{"retention": {"behavior_days": 1}}'`);
  await cleanup.happenedIn('home', '2026-11-22', 'shop', ['kept']);
  await cleanup.happenedIn('home', '2026-11-21', 'shop', ['past']);
  await counted();
  await cleanup.cleaned();

  expect(
    await cleanup.query(`SELECT event_id FROM recommender.behaviors WHERE (tenant_id, scenario_id) = ('shop', 'home')`),
  ).toEqual([{ event_id: 'kept' }]);
});

test('what came too late goes by when it came', async () => {
  for (const [event, day] of [
    ['a', past],
    ['b', '2026-11-20'],
  ]) {
    await cleanup.cameLate(String(event), `${day} 12:00Z`);
    await cleanup.written('shop', String(day), 'late');
  }
  await counted();
  await cleanup.cleaned();
  await cleanup.worked({ kind: 'retention', tenant_id: 'shop' });

  expect(await cleanup.query('SELECT event_id FROM recommender.late_behaviors')).toEqual([{ event_id: 'b' }]);
  expect(await behaviorFilesIn('raw').exists(lateKey('shop', past))).toBe(false);
  expect(await scenariosIn(lateKey('shop', '2026-11-20'))).toEqual(['shop/home']);
});
