import { expect, test } from 'vitest';
import { type ProfileCounts, profileOf, segmentOf, together } from '../../../lambdas/recommender/profiles/profile.ts';

const hoursWith = (counts: Readonly<Record<number, number>>) =>
  Array.from({ length: 24 }, (_, hour) => counts[hour] ?? 0);
const counts: ProfileCounts = {
  actions: { click: 6, like: 2, view: 4 },
  days: ['2026-11-28', '2026-11-30'],
  categories: { news: 9, sport: 3 },
  authors: {},
  tags: { a: 1, b: 1 },
  hours: hoursWith({ 8: 4, 20: 5, 21: 2, 23: 1 }),
  last_at: new Date('2026-11-30T20:00:00Z'),
};

test('counts become shares, days and the three busiest hours', () => {
  expect(profileOf(counts)).toMatchObject({
    total_actions: 12,
    active_days: 2,
    actions_per_day: 6,
    categories: [
      { name: 'news', share: 0.75 },
      { name: 'sport', share: 0.25 },
    ],
    authors: [],
    tags: [
      { name: 'a', share: 0.5 },
      { name: 'b', share: 0.5 },
    ],
    top_hours: [20, 8, 21],
    segment: 'medium',
  });
});

test('ten actions a day are many, three some, and what is below few', () => {
  expect([10, 9.99, 3, 2.99, 0].map(segmentOf)).toEqual(['high', 'medium', 'medium', 'low', 'low']);
});

test('a day in two scenarios is one day of a user', () => {
  const other = { ...counts, days: ['2026-11-29', '2026-11-30'], tags: JSON.parse('{"__proto__": 2, "a": 3}') };

  const both = together([counts, other]);

  expect(both).toMatchObject({ days: ['2026-11-28', '2026-11-29', '2026-11-30'], actions: { click: 12 } });
  expect(Object.entries(both?.tags ?? {})).toEqual([
    ['a', 4],
    ['b', 1],
    ['__proto__', 2],
  ]);
});

test('who did nothing has no profile', () => {
  expect(together([])).toBeUndefined();
});
