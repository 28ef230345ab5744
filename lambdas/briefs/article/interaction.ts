import { eachPlatform } from '../platforms/each.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { Article } from './article.ts';

type Figure = 'like' | 'comment' | 'share' | 'collect' | 'download' | 'coin';

/** What counts as interaction on each platform. */
const parts = eachPlatform<readonly Figure[]>(
  {
    weixin: ['like'],
    redbook: ['like', 'collect', 'share', 'comment'],
    douyin: ['like', 'download', 'share', 'comment'],
    bili: ['coin', 'like', 'share'],
  },
  ['like', 'comment', 'share'],
);

/** The sum of what counts as interaction: unknown parts are 0, and null where nothing is known. */
export function interactionOf(platform: PlatformName, figures: Pick<Article, Figure>): number | null {
  const known = parts[platform].map((part) => figures[part]).filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((sum, figure) => sum + figure, 0);
}

/** Interaction for each fan; null where there are none, or their number is unknown. */
export function interactionPerFan(interaction: number | null, fans: number | null): number | null {
  return interaction === null || fans === null || fans === 0 ? null : interaction / fans;
}

/** A note's score: 0.2 ln(like+1)^2 + 0.4 ln(comment+1)^2 + 0.4 ln(collect+1)^2, to two decimals; unknown is 0. */
export function noteScore({ like, comment, collect }: Pick<Article, 'like' | 'comment' | 'collect'>): number {
  const term = (figure: number | null) => Math.log((figure ?? 0) + 1) ** 2;
  return Math.round((0.2 * term(like) + 0.4 * term(comment) + 0.4 * term(collect)) * 100) / 100;
}
