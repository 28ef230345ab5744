import { describe, expect, test } from 'vitest';
import { blend } from '../../../lambdas/recommender/ranking/blend.ts';
import type { Candidate, RankedItem } from '../../../lambdas/recommender/ranking/candidate.ts';
import { freshness, rerank } from '../../../lambdas/recommender/ranking/rerank.ts';
import type { Strategy } from '../../../lambdas/recommender/scenarios/scenario.ts';
import { templateOf } from '../../../lambdas/recommender/scenarios/templates.ts';

const now = new Date('2026-11-30T12:00:00Z');
const itemOf = (item_id: string, more: Partial<RankedItem> = {}): RankedItem => ({
  item_id,
  category: null,
  author: null,
  tags: [],
  publish_time: now,
  view_count: null,
  like_count: null,
  completion_rate: null,
  ...more,
});
const candidate = (item: string, score: number): Candidate => ({ item, score, reason: `because ${item}` });
const recalledBy = (found: Partial<Record<Strategy, readonly Candidate[]>>) =>
  new Map(Object.entries(found) as [Strategy, readonly Candidate[]][]);
const content = templateOf('content');

function ranked(
  items: readonly RankedItem[],
  options: { seen?: string[]; count?: number; config?: typeof content } = {},
) {
  const candidates = items.map(({ item_id }, place) => candidate(item_id, 100 - place));
  const { seen = [], count = items.length, config = content } = options;
  const blended = blend(recalledBy({ hot: candidates }), config.recall);
  return rerank({
    blended,
    items: new Map(items.map((item) => [item.item_id, item])),
    seen: new Set(seen),
    config,
    now,
    count,
  });
}
const ids = (items: readonly { readonly item_id: string }[]) => items.map(({ item_id }) => item_id);

describe('strategies', () => {
  test('add up by their weights, each by its share of its own best', () => {
    const recall = [
      { strategy: 'hot', weight: 0.25, enabled: true },
      { strategy: 'model', weight: 0.75, enabled: true },
    ] as const;
    const blended = blend(
      recalledBy({
        hot: [candidate('a', 1000), candidate('b', 500)],
        model: [candidate('b', 0.2), candidate('c', 0.1)],
      }),
      [...recall],
    );

    expect(new Map(blended.map(({ item, score }) => [item, score]))).toEqual(
      new Map([
        ['a', 0.25],
        ['b', 0.25 * 0.5 + 0.75],
        ['c', 0.375],
      ]),
    );
    expect(blended.find(({ item }) => item === 'b')?.contributions[0]?.strategy).toBe('model');
  });

  test('that find nothing leave their weight to the others', () => {
    const blended = blend(recalledBy({ hot: [candidate('a', 1)], model: [] }), content.recall);

    expect(blended[0]?.score).toBe(1);
  });
});

describe('re-ranking', () => {
  test('lets a category stand twice in any five places, as long as there are others', () => {
    const items = [
      ...['a1', 'a2', 'a3', 'a4'].map((id) => itemOf(id, { category: 'a' })),
      ...['b1', 'b2', 'b3'].map((id) => itemOf(id, { category: 'b' })),
      ...['c1', 'c2', 'c3'].map((id) => itemOf(id, { category: 'c' })),
    ];
    const categories = ranked(items).map(({ item_id }) => item_id.charAt(0));

    for (let at = 0; at + 5 <= 8; at += 1)
      for (const category of 'abc')
        expect(categories.slice(at, at + 5).filter((one) => one === category).length).toBeLessThanOrEqual(2);
    expect(categories.slice(0, 3)).toEqual(['a', 'a', 'b']);
    expect(ids(ranked(items)).sort()).toEqual(ids(items).sort());
  });

  test('shows what there is where one category is all there is', () => {
    const items = ['a1', 'a2', 'a3', 'a4'].map((id) => itemOf(id, { category: 'a' }));

    expect(ids(ranked(items))).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  test('holds items without a category for different ones', () => {
    expect(ids(ranked(['x', 'y', 'z', 'w'].map((id) => itemOf(id))))).toEqual(['x', 'y', 'z', 'w']);
  });

  test('takes from what is old, and half of it after the half-life', () => {
    const day = 24 * 60 * 60 * 1000;

    expect(freshness(now, now, 7)).toBe(1);
    expect(freshness(new Date(now.getTime() - 7 * day), now, 7)).toBe(0.5);
    expect(freshness(null, now, 7)).toBe(0);
    const old = itemOf('old', { publish_time: new Date(now.getTime() - 365 * day) });
    expect(ids(ranked([old, itemOf('new')], { config: templateOf('news') }))).toEqual(['new', 'old']);
  });

  test('brings seen items back only where nothing else is left, last and said', () => {
    const items = ['a', 'b', 'c'].map((id) => itemOf(id));

    expect(ranked(items, { seen: ['a'], count: 2 }).map(({ item_id, reason }) => [item_id, reason])).toEqual([
      ['b', 'because b'],
      ['c', 'because c'],
    ]);
    expect(ranked(items, { seen: ['a', 'b'] }).map(({ item_id, reason }) => [item_id, reason])).toEqual([
      ['c', 'because c'],
      ['a', 'seen'],
      ['b', 'seen'],
    ]);
  });

  test('never brings them back where the scenario says so, and minds nothing where they come again', () => {
    const items = ['a', 'b'].map((id) => itemOf(id));
    const withRule = (seen: 'never' | 'again') => ({ ...content, rerank: { ...content.rerank, seen } });

    expect(ids(ranked(items, { seen: ['a'], config: withRule('never') }))).toEqual(['b']);
    expect(ids(ranked(items, { seen: ['a'], config: withRule('again') }))).toEqual(['a', 'b']);
  });

  test('prefers what is watched to its end where the scenario is ranked for that', () => {
    const items = [itemOf('a', { completion_rate: 0.1 }), itemOf('b', { completion_rate: 0.9 })];

    expect(ids(ranked(items, { config: templateOf('vlog') }))).toEqual(['b', 'a']);
    expect(ids(ranked(items))).toEqual(['a', 'b']);
  });

  test('answers the same question with the same list', () => {
    const same = ['d', 'b', 'c', 'a'].map((id) => itemOf(id));
    const candidates = same.map(({ item_id }) => candidate(item_id, 1));
    const once = rerank({
      blended: blend(recalledBy({ hot: candidates }), content.recall),
      items: new Map(same.map((item) => [item.item_id, item])),
      seen: new Set(),
      config: content,
      now,
      count: 4,
    });

    expect(ids(once)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('leaves out what may not be shown', () => {
    const blended = blend(recalledBy({ hot: [candidate('gone', 2), candidate('here', 1)] }), content.recall);
    const items = new Map([['here', itemOf('here')]]);

    expect(ids(rerank({ blended, items, seen: new Set(), config: content, now, count: 5 }))).toEqual(['here']);
  });
});
