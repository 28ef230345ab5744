import { eachPlatform } from '../platforms/each.ts';
import type { PlatformName } from '../platforms/names.ts';

/** How large an account is, in the marketing trade's words. */
export const fanLevels = ['素人', '底部kol', '腰部kol', '头部kol', '未知'] as const;
export type FanLevel = (typeof fanLevels)[number];

type Bounds = readonly (readonly [below: number, level: FanLevel])[];

const large: Bounds = [
  [1_000_000, '底部kol'],
  [5_000_000, '腰部kol'],
  [Number.POSITIVE_INFINITY, '头部kol'],
];

const bounds = eachPlatform<Bounds>(
  {
    weixin: [[Number.POSITIVE_INFINITY, '底部kol']],
    bili: [
      [100_000, '底部kol'],
      [300_000, '腰部kol'],
      [Number.POSITIVE_INFINITY, '头部kol'],
    ],
    // The trade's bounds include their last number here: 50,000 fans are still 素人.
    redbook: [
      [50_001, '素人'],
      [200_001, '底部kol'],
      [1_000_001, '腰部kol'],
      [Number.POSITIVE_INFINITY, '头部kol'],
    ],
  },
  large,
);

/** The level of an account with so many fans; 未知 where their number is unknown, but on weixin, which tells none. */
export function fanLevel(platform: PlatformName, fans: number | null): FanLevel {
  if (platform === 'weixin') return '底部kol';
  if (fans === null) return '未知';
  return bounds[platform].find(([below]) => fans < below)?.[1] ?? '未知';
}

/** How many fans the accounts of a level have: from so many to below so many, none at a level that the platform hasn't. */
export function fansOf(
  platform: PlatformName,
  level: FanLevel,
): { readonly from: number; readonly below: number; readonly unknown: boolean } {
  const all = bounds[platform];
  const at = all.findIndex(([, name]) => name === level);
  return {
    from: all[at - 1]?.[0] ?? 0,
    // More than any account has, and still a safe integer.
    below: at < 0 ? 0 : Math.min(all[at]?.[0] ?? 0, Number.MAX_SAFE_INTEGER),
    unknown: level === '未知' && platform !== 'weixin',
  };
}
