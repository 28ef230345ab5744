import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { actions } from '../../../lambdas/recommender/behavior/actions.ts';
import { behaviorStore } from '../../../lambdas/recommender/behavior/behavior-store.ts';
import { behaviorEvent } from '../../../lambdas/recommender/behavior/event.ts';
import { rowsOf } from '../../../lambdas/recommender/behavior/rows.ts';
import { assign } from '../../../lambdas/recommender/experiments/assignment.ts';
import type { NewExperiment } from '../../../lambdas/recommender/experiments/experiment.ts';
import { experimentBook } from '../../../lambdas/recommender/experiments/experiment-store.ts';
import { updateHotItems } from '../../../lambdas/recommender/hot/hot-store.ts';
import { answerFrom } from '../../../lambdas/recommender/metrics/answer-store.ts';
import { withRates } from '../../../lambdas/recommender/metrics/figures.ts';
import { recommend, recommendNext } from '../../../lambdas/recommender/serving/recommend.ts';
import { computeSimilarity } from '../../../lambdas/recommender/similarity/similarity-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { emptied, now, scenarioIn } from './scenario-under-test.ts';

/**
 * What users of other recommenders ask for and don't get. Kafka in and out, and neighbours that new items don't wait for,
 * take a whole stack: see the tests of these names in test/flows/recommender.test.ts.
 */

let database: TestDatabase<unknown>;
let scenario: ReturnType<typeof scenarioIn>;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database?.stop());
beforeEach(async () => {
  await emptied(database);
  await sql`TRUNCATE recommender.experiments, recommender.late_behaviors`.execute(database.admin.query);
  scenario = scenarioIn(database);
});

interface Asked {
  readonly user?: string | undefined;
  readonly count?: number;
  readonly interests?: readonly string[];
}

const noFilters = { exclude_items: [], tags: [] };

function ask({ user, count = 5, interests = [] }: Asked, { key, parts } = scenario) {
  const context = { interests: [...interests] };
  return recommend({ key, user, count, filters: noFilters, context }, parts.serving);
}

async function computed(on = database.app): Promise<void> {
  await computeSimilarity(on, scenario.key, { now, days: 30 });
  await updateHotItems(on, scenario.key, now);
}

const idsOf = ({ items }: { readonly items: readonly { readonly item_id: string }[] }) =>
  items.map(({ item_id }) => item_id);

const genres = ['opera', 'boxing'] as const;
const ofAGenre = 20;
const itemOf = (genre: string, at: number) => `${genre}-${at}`;

/** Two genres whose users never meet, beside what everybody clicks and what is new; all of a genre is old. */
async function givenGenres(): Promise<void> {
  await scenario.items([
    ...genres.flatMap((genre) =>
      Array.from({ length: ofAGenre }, (_, at) => ({
        id: itemOf(genre, at),
        category: genre,
        tags: [genre],
        age: 200 + at,
      })),
    ),
    ...Array.from({ length: 10 }, (_, at) => ({ id: `popular-${at}`, category: `c${at % 5}`, age: 100 })),
    ...Array.from({ length: 10 }, (_, at) => ({ id: `latest-${at}`, category: `c${at % 5}`, age: 0 })),
  ]);
  await scenario.deeds(
    genres.flatMap((genre) =>
      Array.from({ length: 8 }, (_, user) =>
        Array.from({ length: 6 }, (_, at) => ({
          user: `${genre}-${user}`,
          item: itemOf(genre, (user + at) % 10),
          hours: 24 * 20,
        })),
      ).flat(),
    ),
  );
  await scenario.deeds(
    Array.from({ length: 30 }, (_, at) => ({ user: `crowd-${at}`, item: `popular-${at % 10}`, action: 'like' })),
  );
  await computed();
}

test('A/B of configurations: each user gets the variant of their group, and the same one each time', async () => {
  await givenGenres();
  const variants: NewExperiment['variants'] = [
    { name: 'as it is', traffic: 50, config: {} },
    { name: 'newest', traffic: 50, config: { recall: [{ strategy: 'new', weight: 1, enabled: true }] } },
  ];
  const experiment = { experiment_id: 'exp', scenario_id: 's1', name: 'newest', description: '', least_lift: 0.1 };
  const book = experimentBook(database.app);
  await book.add('t1', { ...experiment, variants }, { author: 'test', now });
  await book.start('t1', 'exp', now);

  const users = Array.from({ length: 8 }, (_, user) => `opera-${user}`);
  const groups = new Map<string, Set<string>>();
  for (const user of users) {
    const answers = [await ask({ user }), await ask({ user })];
    for (const { experiment: given, items } of answers) {
      expect(given).toEqual({ experiment_id: 'exp', group: assign({ experiment_id: 'exp', variants }, user).name });
      const strategies = items.map(({ strategy }) => strategy);
      groups.set(given?.group ?? '', new Set([...(groups.get(given?.group ?? '') ?? []), ...strategies]));
    }
    expect(idsOf(answers[1] as (typeof answers)[number])).toEqual(idsOf(answers[0] as (typeof answers)[number]));
  }

  expect([...groups.keys()].sort()).toEqual(['as it is', 'newest']);
  expect(groups.get('newest')).toEqual(new Set(['new']));
  expect(groups.get('as it is')).toContain('similarity');
  await book.stop('t1', 'exp', now);
  expect((await ask({ user: 'opera-1' })).experiment).toBeUndefined();
});

test('seen items that come back: none does on any page, however long ago it was seen, until nothing else is left', async () => {
  await givenGenres();
  const ofGenre = Array.from({ length: ofAGenre }, (_, at) => ({
    user: 'u',
    item: itemOf('opera', at),
    hours: 24 * 29,
  }));
  const ofAll = Array.from({ length: 9 }, (_, at) => ({ user: 'u', item: `popular-${at}`, hours: 1 }));
  await scenario.deeds([...ofGenre, ...ofAll]);
  const done = new Set([...ofGenre, ...ofAll].map(({ item }) => item));
  // 60 items, 29 of them seen.
  const unseen = 2 * ofAGenre + 20 - done.size;

  const first = await ask({ user: 'u', count: 10 });
  const pages = [...idsOf(first)];
  while (pages.length < unseen) {
    const count = Math.min(10, unseen - pages.length);
    pages.push(
      ...idsOf(await recommendNext({ tenant: 't1', request_id: first.request_id, count }, scenario.parts.serving)),
    );
  }

  expect(pages.filter((item) => done.has(item))).toEqual([]);
  expect(new Set(pages).size).toBe(unseen);
  const last = await recommendNext({ tenant: 't1', request_id: first.request_id, count: 5 }, scenario.parts.serving);
  expect(last.items.map(({ reason }) => reason)).toEqual(Array(5).fill('seen'));
});

test('everybody getting only the popular and latest: two tastes get two lists, of items that are neither', async () => {
  await givenGenres();

  const lists = new Map<string, string[]>();
  for (const genre of genres) lists.set(genre, idsOf(await ask({ user: `${genre}-3` })));

  for (const genre of genres) {
    const own = lists.get(genre)?.filter((item) => item.startsWith(`${genre}-`)) ?? [];
    // At most two of a category stand in any five places.
    expect(own).toHaveLength(2);
    expect(lists.get(genre)?.[0]).toMatch(`${genre}-`);
    for (const other of genres.filter((one) => one !== genre))
      expect(lists.get(genre)?.filter((item) => item.startsWith(`${other}-`))).toEqual([]);
  }
});

test('cold start from user attributes: who did nothing gets what they say they like, not only the popular and latest', async () => {
  await givenGenres();

  for (const genre of genres) {
    const told = await ask({ user: `newcomer of ${genre}`, interests: [genre] });
    expect(told.items[0]).toMatchObject({
      strategy: 'tags',
      reason: `tag ${genre}`,
      item_id: expect.stringMatching(genre),
    });
  }
  const silent = idsOf(await ask({ user: 'newcomer' }));
  expect(silent.filter((item) => !/^(popular|latest)-/.test(item))).toEqual([]);
  expect(silent).toHaveLength(5);
});

const event = (request_id: string | undefined, item_id: string, action_type: string, at: number) =>
  behaviorEvent.parse({
    event_id: `${request_id}-${item_id}-${action_type}`,
    tenant_id: 't1',
    scenario_id: 's1',
    user_id: 'opera-3',
    item_id,
    action_type,
    request_id,
    timestamp: now.getTime() + at,
  });
const rows = (events: readonly ReturnType<typeof event>[]) => events.flatMap((one) => rowsOf(one, now));
const storing = (on: TestDatabase<unknown>['app']) => behaviorStore(on, async () => 'a key of the test');

test('CTR by recommender: clicks over impressions of each strategy, by what the answer said and nothing that the page says', async () => {
  await givenGenres();
  const { request_id, items } = await ask({ user: 'opera-3', count: 20 });
  // The page clicks on every other one, and on one that it was never given.
  const clicked = items.filter((_, at) => at % 2 === 0);
  await storing(database.app)({
    timely: rows([
      ...items.map(({ item_id }) => event(request_id, item_id, 'impression', 0)),
      ...clicked.map(({ item_id }) => event(request_id, item_id, 'click', 1)),
      event(request_id, 'nobody’s', 'click', 1),
    ]),
    late: [],
  });

  const scope = { tenant_id: 't1', scenario_id: 's1', from: '2026-11-30', to: '2026-11-30' };
  const question = { ask: 'figures', scope, by: ['strategy'] } as const;
  const found = await answerFrom(database.app, question, { hotFrom: '2026-11-01', knownActions: actions });

  const shares = new Map<unknown, number | null>();
  for (const { strategy, impressions, clicks } of found.rows ?? []) {
    const none = { conversions: 0, engagements: 0, items_shown: 0, active_users: 0 };
    shares.set(strategy, withRates({ impressions: Number(impressions), clicks: Number(clicks), ...none }, 1).ctr);
  }
  const expected = Map.groupBy(items, ({ strategy }) => strategy);
  expect(expected.size).toBeGreaterThan(1);
  for (const [strategy, shown] of expected)
    expect(shares.get(strategy), strategy).toBe(shown.filter((one) => clicked.includes(one)).length / shown.length);
});

test('no single master: three instances store, compute and answer the same at once, and two go on where one is gone', async () => {
  await givenGenres();
  const instances = [database.another(), database.another(), database.another()];
  const events = Array.from({ length: 300 }, (_, at) => event(undefined, itemOf('opera', at % ofAGenre), 'click', at));
  const own = events.map((one, at) => ({ ...one, event_id: `e${at}`, user_id: `many-${at % 15}` }));

  const stored = await Promise.all(instances.map((one) => storing(one)({ timely: rows(own), late: [] })));
  expect(stored.reduce((sum, one) => sum + one.stored, 0)).toBe(own.length);
  expect(stored.reduce((sum, one) => sum + one.repeated, 0)).toBe(2 * own.length);

  await Promise.all(instances.map((one) => computed(one)));
  const answersOf = async (on: TestDatabase<unknown>['app']) =>
    idsOf(await ask({ user: 'opera-3' }, scenarioIn({ ...database, app: on })));
  const [first, ...others] = await Promise.all(instances.map(answersOf));
  expect(others).toEqual([first, first]);

  const { rows: backends } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(
    (instances[0] as TestDatabase<unknown>['app']).query,
  );
  const atWork = Promise.allSettled(instances.map((one) => computed(one)));
  await sql`SELECT pg_terminate_backend(${backends[0]?.pid ?? 0})`.execute(database.admin.query);
  expect((await atWork).slice(1).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await Promise.all(instances.slice(1).map(answersOf))).toEqual([first, first]);
});
