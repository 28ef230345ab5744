import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { updateHotItems } from '../../../lambdas/recommender/hot/hot-store.ts';
import { templateOf } from '../../../lambdas/recommender/scenarios/templates.ts';
import { listParts } from '../../../lambdas/recommender/serving/compose.ts';
import { listBook } from '../../../lambdas/recommender/serving/list-store.ts';
import { precompute } from '../../../lambdas/recommender/serving/precompute.ts';
import { recommend, recommendNext } from '../../../lambdas/recommender/serving/recommend.ts';
import { computeSimilarity } from '../../../lambdas/recommender/similarity/similarity-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { emptied, now, scenarioIn } from './scenario-under-test.ts';

let database: TestDatabase<unknown>;
let scenario: ReturnType<typeof scenarioIn>;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database?.stop());
beforeEach(async () => {
  await emptied(database);
  scenario = scenarioIn(database);
});

interface Asked {
  readonly user?: string;
  readonly count?: number;
  readonly filters?: Partial<Parameters<typeof recommend>[0]['filters']>;
  readonly context?: Partial<Parameters<typeof recommend>[0]['context']>;
}

function ask({ user, count = 5, filters = {}, context = {} }: Asked = {}, of = scenario) {
  const question = {
    key: of.key,
    user,
    count,
    filters: { exclude_items: [], tags: [], ...filters },
    context: { interests: [], ...context },
  };
  return recommend(question, of.parts.serving);
}

const ids = ({ items }: { readonly items: readonly { readonly item_id: string }[] }) =>
  items.map(({ item_id }) => item_id);
const numbered = (count: number, category?: string) =>
  Array.from({ length: count }, (_, at) => ({ id: `i${at + 1}`, age: at, ...(category ? { category } : {}) }));
const computeAll = async (of = scenario) => {
  await computeSimilarity(database.app, of.key, { now, days: 30 });
  await updateHotItems(database.app, of.key, now);
};
const precomputeAll = (of = scenario) =>
  precompute(of.key, {
    ...listParts(database.app, async () => undefined),
    configOf: async () => templateOf('custom'),
    lists: listBook(database.app),
    clock: () => now,
  });

/** Two who have both, one who has only the first: who has the first may want the second. */
const taste = [
  { user: 'a', item: 'i1' },
  { user: 'a', item: 'i2' },
  { user: 'b', item: 'i1' },
  { user: 'b', item: 'i2' },
  { user: 'c', item: 'i1' },
];

describe('a user with a history', () => {
  test('gets what those who did the same did as well, with the reason', async () => {
    await scenario.items(numbered(6));
    await scenario.deeds(taste);
    await computeAll();

    const answer = await ask({ user: 'c' });

    expect(answer.items[0]).toMatchObject({ item_id: 'i2', strategy: 'similarity', reason: 'similar to i1', slot: 1 });
    expect(answer.items[0]?.contributions[0]).toMatchObject({ because: ['i1'] });
    expect(answer.items[0]?.metadata).toEqual({ title: 't1 i2' });
  });

  test('sees nothing that they acted on while there is something else, and then it comes last', async () => {
    await scenario.items(numbered(4));
    await scenario.deeds([
      { user: 'u', item: 'i1' },
      { user: 'u', item: 'i2', action: 'like' },
    ]);
    await computeAll();

    expect(ids(await ask({ user: 'u', count: 2 })).sort()).toEqual(['i3', 'i4']);
    const all = await ask({ user: 'u', count: 4 });
    expect(ids(all).slice(0, 2).sort()).toEqual(['i3', 'i4']);
    expect(all.items.slice(2).map(({ reason }) => reason)).toEqual(['seen', 'seen']);
  });

  test('sees again what was only shown to them', async () => {
    await scenario.items(numbered(2));
    await scenario.deeds([{ user: 'u', item: 'i1', action: 'impression' }]);

    const answer = await ask({ user: 'u' });

    expect(ids(answer)).toEqual(['i1', 'i2']);
    expect(answer.items.map(({ reason }) => reason)).not.toContain('seen');
  });

  test('finds what is old as well, once they have seen all that is new', async () => {
    await scenario.items(numbered(320));
    await scenario.deeds(numbered(310).map(({ id }) => ({ user: 'u', item: id })));

    expect(ids(await ask({ user: 'u', count: 10 })).sort()).toEqual(
      Array.from({ length: 10 }, (_, at) => `i${311 + at}`).sort(),
    );
  });

  test('gets nothing that stands beside what they dislike', async () => {
    await scenario.items(numbered(3));
    await scenario.deeds([...taste, { user: 'd', item: 'i1', action: 'dislike' }]);
    await computeAll();

    const answer = await ask({ user: 'd', count: 3 });
    expect(answer.items.filter(({ strategy }) => strategy === 'similarity')).toEqual([]);
  });
});

describe('what users of peers ask for: a new user', () => {
  test('gets hot and new items, and what is hot is not empty', async () => {
    await scenario.items(numbered(6));
    await scenario.deeds([1, 2, 3].map((at) => ({ user: `u${at}`, item: 'i6', action: 'purchase' })));
    await computeAll();

    const answer = await ask({ user: 'nobody knows' });

    expect(answer.items.find(({ item_id }) => item_id === 'i6')).toMatchObject({ strategy: 'hot', reason: 'hot' });
    expect(answer.items.some(({ strategy }) => strategy === 'new')).toBe(true);
  });

  test('gets what their attributes tell, not only the popular and latest', async () => {
    await scenario.items([...numbered(5), { id: 'opera', tags: ['opera'], age: 400 }]);
    await scenario.deeds([{ user: 'u', item: 'i1' }]);
    await computeAll();

    const told = await ask({ context: { interests: ['opera'] }, count: 3 });

    expect(told.items[0]).toMatchObject({ item_id: 'opera', strategy: 'tags', reason: 'tag opera' });
    expect(ids(await ask({ count: 3 }))).not.toContain('opera');
  });

  test('gets what is hot on devices like theirs', async () => {
    await scenario.items(numbered(5));
    await scenario.deeds([
      ...['a', 'b', 'c'].map((user) => ({ user, item: 'i5', device: 'pc', action: 'like' })),
      { user: 'd', item: 'i4', device: 'tv', action: 'like' },
    ]);
    await computeAll();
    const hotFirst = async (device_type?: string) =>
      (await ask({ context: device_type ? { device_type } : {}, count: 5 })).items.find(
        ({ strategy }) => strategy === 'hot',
      )?.item_id;

    expect(await hotFirst()).toBe('i5');
    expect(await hotFirst('tv')).toBe('i4');
  });

  test('gets something as soon as there is one item that nobody has touched', async () => {
    await scenario.items([{ id: 'only', age: 4000 }]);

    expect(ids(await ask({ user: 'new' }))).toEqual(['only']);
  });
});

describe('filters', () => {
  beforeEach(async () => {
    await scenario.items([
      ...numbered(400, 'news'),
      { id: 'old', category: 'history', tags: ['rome'], age: 5000 },
      { id: 'gone', category: 'history', status: 'inactive' },
    ]);
  });

  test('narrow the answer, and find what no strategy would have found', async () => {
    expect(ids(await ask({ user: 'u', filters: { category: 'history' } }))).toEqual(['old']);
    expect(ids(await ask({ user: 'u', filters: { tags: ['rome', 'athens'] } }))).toEqual(['old']);
    expect(ids(await ask({ user: 'u', filters: { category: 'history', exclude_items: ['old'] } }))).toEqual([]);
    const since = new Date(now.getTime() - 1.5 * 24 * 60 * 60 * 1000);
    expect(ids(await ask({ user: 'u', filters: { published_after: since } })).sort()).toEqual(['i1', 'i2']);
  });
});

describe('a list made beforehand', () => {
  beforeEach(async () => {
    await scenario.items(numbered(10));
    await scenario.deeds(taste);
    await computeAll();
    await precomputeAll();
  });

  test('is what its user gets', async () => {
    const answer = await ask({ user: 'c' });

    expect(answer.source).toBe('precomputed');
    expect(answer.items[0]?.item_id).toBe('i2');
  });

  test('is left as soon as its user does something', async () => {
    await scenario.deeds([{ user: 'c', item: 'i2', hours: 0 }]);

    const answer = await ask({ user: 'c' });

    expect(answer.source).toBe('computed');
    expect(ids(answer)).not.toContain('i2');
  });

  test('shows nothing that went inactive since', async () => {
    await sql`UPDATE recommender.items SET status = 'inactive' WHERE item_id = 'i2'`.execute(database.app.query);

    expect(ids(await ask({ user: 'c' }))).not.toContain('i2');
  });

  test('is not used where it is shorter than what is asked for, or has expired', async () => {
    expect((await ask({ user: 'c', count: 20 })).source).toBe('computed');
    await sql`UPDATE recommender.recommendations SET expires_at = ${now}`.execute(database.app.query);
    expect((await ask({ user: 'c' })).source).toBe('computed');
  });

  test('is nothing that another tenant’s user of the same name gets', async () => {
    const other = scenarioIn(database, 't2');
    await other.items([{ id: 'i2' }, { id: 'x1' }]);

    const answer = await ask({ user: 'c' }, other);

    expect(answer.source).toBe('computed');
    expect(answer.items.map(({ metadata }) => metadata)).toEqual([{ title: 't2 i2' }, { title: 't2 x1' }]);
  });
});

describe('pages', () => {
  const next = (request_id: string, count = 3) =>
    recommendNext({ tenant: 't1', request_id, count }, scenario.parts.serving);

  test('go on until all items were shown, nothing twice', async () => {
    await scenario.items(numbered(10));
    const first = await ask({ user: 'u', count: 3 });
    const shown = [...ids(first)];
    for (let page = 0; page < 3; page += 1) shown.push(...ids(await next(first.request_id)));

    expect(new Set(shown)).toEqual(new Set(numbered(10).map(({ id }) => id)));
    expect(shown).toHaveLength(10);
    expect(ids(await next(first.request_id))).toEqual([]);
  });

  test('that are asked for at once are different ones', async () => {
    await scenario.items(numbered(20));
    const first = await ask({ user: 'u', count: 3 });
    const pages = await Promise.all([1, 2, 3, 4].map(() => next(first.request_id)));
    const all = [first, ...pages].flatMap(ids);

    expect(new Set(all).size).toBe(15);
    expect(pages.flatMap(({ items }) => items.map(({ slot }) => slot)).sort((one, two) => one - two)).toEqual(
      Array.from({ length: 12 }, (_, at) => at + 4),
    );
  });

  test('keep the filters of their answer', async () => {
    await scenario.items([...numbered(8, 'a'), { id: 'b1', category: 'b' }]);
    const first = await ask({ user: 'u', count: 4, filters: { category: 'a' } });

    expect(ids(await next(first.request_id, 10))).toHaveLength(4);
  });

  test('of another tenant’s answer are not there', async () => {
    await scenario.items(numbered(5));
    const { request_id } = await ask({ user: 'u', count: 1 });

    await expect(recommendNext({ tenant: 't2', request_id, count: 1 }, scenario.parts.serving)).rejects.toThrow(
      `推荐结果不存在: ${request_id}`,
    );
  });
});

test('what was answered is kept, for events to be attributed by', async () => {
  await scenario.items(numbered(3));
  const { request_id } = await ask({ user: 'u', count: 2 });
  const { rows } = await sql<{ items: unknown; user_id: string }>`
    SELECT items, user_id FROM recommender.answers WHERE request_id = ${request_id}`.execute(database.app.query);

  expect(rows).toEqual([
    {
      user_id: 'u',
      items: [
        { item_id: 'i1', slot: 1, strategy: 'new', reason: 'new', score: expect.any(Number) },
        { item_id: 'i2', slot: 2, strategy: 'new', reason: 'new', score: expect.any(Number) },
      ],
    },
  ]);
});

test('a scenario that has no items and that nobody has made is not there', async () => {
  await expect(ask({ user: 'u' })).rejects.toThrow('场景不存在: s1');
});
