import { expect, test } from 'vitest';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import { fatesOf, goesOn } from '../../../../lambdas/briefs/collect/fates.ts';
import type { FoundItem } from '../../../../lambdas/briefs/platforms/platform.ts';

const article = (key: string, post_time = '2026-11-10T00:00:00.000Z'): FoundItem => ({
  state: 'article',
  place: `/${key}`,
  article: articleOf({ article_key: key, url: `http://x/${key}`, post_time }, {}),
});
const task = {
  room: 2,
  known: new Set(['before']),
  from: new Date('2026-11-01T00:00:00Z'),
  until: new Date('2026-12-01T00:00:00Z'),
};
const told = (items: readonly FoundItem[], over = {}) =>
  fatesOf(items, { ...task, ...over }).map((fate) =>
    fate.state === 'sent' ? 'sent' : `${fate.state}: ${fate.reason}`,
  );

test('each item has a fate, in order', () => {
  const items: FoundItem[] = [
    article('a'),
    article('a'),
    article('before'),
    { state: 'dropped', place: '/ad', reason: 'advertisement' },
    { state: 'problem', place: '/t', reason: 'unreadable-time', shown: '?' },
    article('old', '2026-10-31T23:59:59.999Z'),
    article('last', '2026-11-30T23:59:59.999Z'),
    article('late', '2026-12-01T00:00:00.000Z'),
    article('b'),
  ];

  expect(told(items)).toEqual([
    'sent',
    'dropped: repeat',
    'dropped: repeat',
    'dropped: advertisement',
    'failed: unreadable-time',
    'dropped: out-of-range',
    'sent',
    'dropped: out-of-range',
    'dropped: over-limit',
  ]);
});

test('a search goes on while pages bring what is new and not all too old, and there is room', () => {
  const after = (items: readonly FoundItem[]) => {
    const fates = fatesOf(items, task).map((fate) => ({ ...fate, reason: fate.state === 'sent' ? null : fate.reason }));
    const roomLeft = task.room - fates.filter(({ state }) => state === 'sent').length;
    return goesOn({ fates, roomLeft }, task.from, items);
  };

  expect(after([article('a')])).toBe(true);
  expect(after([article('a'), article('b')])).toBe(false);
  expect(after([article('before')])).toBe(false);
  expect(after([article('x', '2026-10-01T00:00:00.000Z')])).toBe(false);
  expect(after([article('x', '2026-10-01T00:00:00.000Z'), article('a')])).toBe(true);
  expect(after([article('x', '2026-12-24T00:00:00.000Z')])).toBe(true);
  expect(after([])).toBe(false);
});
