import { expect, test } from 'vitest';
import { contentOf } from '../../../../lambdas/recommender/items/item-content.ts';
import { itemMessage, itemsIn } from '../../../../lambdas/recommender/items/item-message.ts';

const message = (items: readonly unknown[]) => itemMessage.parse({ tenant_id: 't', scenario_id: 's', items });

test('an item without an id is told of, and the rest of its message goes on', () => {
  const { good, error } = itemsIn(message([{ item_id: 'a' }, { metadata: { title: 'x' } }, { item_id: 7 }]));

  expect(good.map(({ item_id }) => item_id)).toEqual(['a', '7']);
  expect(error?.message).toMatch(/1 items are wrong; item 1: .*item_id/);
});

test('a vector that the store can’t hold is its item’s fault, and holds no other back', () => {
  const { good, error } = itemsIn(
    message([
      { item_id: 'a', embedding: [1e39] },
      { item_id: 'b', embedding: [1, -2e10] },
    ]),
  );

  expect(good.map(({ item_id }) => item_id)).toEqual(['b']);
  expect(error?.message).toMatch(/item 0: .*embedding/);
});

test.each([
  {},
  { tenant_id: 't', scenario_id: 's' },
  { tenant_id: 't', scenario_id: 's', items: [] },
  { tenant_id: ' ', scenario_id: 's', items: [{ item_id: 'a' }] },
  { scenario_id: 's', items: [{ item_id: 'a' }] },
  { tenant_id: 't', items: [{ item_id: 'a' }] },
])('a message without tenant, scenario or items is none: %j', (value) => {
  expect(itemMessage.safeParse(value).success).toBe(false);
});

test('all metadata is kept, in a form that the database takes', () => {
  const [item] = itemsIn(message([{ item_id: 'a', metadata: { title: 'a\0b', own: { deep: ['\ud800'] } } }])).good;

  expect(item?.metadata).toEqual({ title: 'a\u{FFFD}b', own: { deep: ['\u{FFFD}'] } });
});

test('what is used of metadata is read in whatever form it comes', () => {
  expect(
    contentOf({
      title: ' 长城 ',
      tags: 'history, travel，history',
      author: 12,
      category: '',
      publish_time: 1_700_000_000,
      view_count: '12',
      like_count: -1,
      completion_rate: 2,
    }),
  ).toEqual({
    title: '长城',
    description: null,
    category: null,
    author: '12',
    tags: ['history', 'travel'],
    publish_time: new Date('2023-11-14T22:13:20Z'),
    view_count: 12,
    like_count: null,
    completion_rate: null,
  });
  const times = ['2023-11-14T22:13:20Z', 1_700_000_000_000, '1700000000'].map(
    (publish_time) => contentOf({ publish_time }).publish_time,
  );
  expect(times).toEqual(Array.from({ length: 3 }, () => new Date('2023-11-14T22:13:20Z')));
  expect(contentOf({ publish_time: 'soon' }).publish_time).toBeNull();
});

test('content of whatever form is read without a fault: what is not of its kind says nothing', () => {
  const odd: readonly unknown[] = [
    null,
    true,
    [],
    {},
    { toString: 'x', valueOf: 1 },
    [[{ toString: null }]],
    1e308,
    '1e999',
    'x',
  ];
  for (const value of odd) {
    const names = [
      'title',
      'description',
      'category',
      'author',
      'tags',
      'publish_time',
      'view_count',
      'like_count',
      'completion_rate',
    ];
    const content = contentOf(Object.fromEntries(names.map((name) => [name, value])));
    expect(content.publish_time, JSON.stringify(value)).toBeNull();
    expect(content.completion_rate, JSON.stringify(value)).toBeNull();
  }
  expect(contentOf({ publish_time: '1795996800' }).publish_time).toEqual(
    contentOf({ publish_time: 1795996800 }).publish_time,
  );
});
