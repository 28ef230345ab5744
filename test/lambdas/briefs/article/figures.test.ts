import { describe, expect, test } from 'vitest';
import { fanLevel } from '../../../../lambdas/briefs/article/fan-level.ts';
import { interactionOf, interactionPerFan, noteScore } from '../../../../lambdas/briefs/article/interaction.ts';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';

const figures = { like: 1, comment: 20, share: 300, collect: 4_000, download: 50_000, coin: 600_000 };
const unknown = { like: null, comment: null, share: null, collect: null, download: null, coin: null };

describe('interaction', () => {
  test.each([
    ['weixin', 1],
    ['weibo', 321],
    ['redbook', 4_321],
    ['douyin', 50_321],
    ['bili', 600_301],
  ] as const)('is on %s %d of the same figures', (platform, sum) => {
    expect(interactionOf(platform, figures)).toBe(sum);
  });

  test('counts an unknown part as 0, and is unknown where all parts are', () => {
    expect(interactionOf('weibo', { ...unknown, share: 7 })).toBe(7);
    for (const platform of platformNames) expect(interactionOf(platform, unknown)).toBeNull();
  });

  test('is told for each fan only where there are fans', () => {
    expect(interactionPerFan(50, 200)).toBe(0.25);
    expect(interactionPerFan(50, 0)).toBeNull();
    expect(interactionPerFan(50, null)).toBeNull();
    expect(interactionPerFan(null, 200)).toBeNull();
  });
});

test('the score of a note weighs what people do with it', () => {
  expect(noteScore({ like: 100, comment: 20, collect: 50 })).toBe(14.15);
  expect(noteScore({ like: 0, comment: 0, collect: 0 })).toBe(0);
  expect(noteScore({ like: null, comment: null, collect: null })).toBe(0);
});

describe('the level of an account', () => {
  test.each([
    ['weibo', 999_999, '底部kol'],
    ['weibo', 1_000_000, '腰部kol'],
    ['douyin', 4_999_999, '腰部kol'],
    ['douyin', 5_000_000, '头部kol'],
    ['bili', 99_999, '底部kol'],
    ['bili', 100_000, '腰部kol'],
    ['bili', 300_000, '头部kol'],
    ['redbook', 50_000, '素人'],
    ['redbook', 50_001, '底部kol'],
    ['redbook', 200_000, '底部kol'],
    ['redbook', 1_000_000, '腰部kol'],
    ['redbook', 1_000_001, '头部kol'],
    ['redbook', 0, '素人'],
    ['weixin', 9_000_000, '底部kol'],
  ] as const)('on %s with %d fans is %s', (platform, fans, level) => {
    expect(fanLevel(platform, fans)).toBe(level);
  });

  test('is unknown where the fans are, but on weixin, which never tells them', () => {
    expect(platformNames.map((platform) => fanLevel(platform, null))).toEqual([
      '底部kol',
      '未知',
      '未知',
      '未知',
      '未知',
    ]);
  });
});
