import { type DropRules, dropRules } from '#pages/article/drop-blocks.ts';
import { mainText } from '#pages/main-text.ts';
import { type Figure, figure, say } from '../figures.ts';
import { type ExtractedPage, meanF1 } from './main-text-score.ts';
import type { Page } from './marked-pages.ts';

const folds = 5;

/** Rules that drop nothing. */
const nothing: DropRules = { ...dropRules, linkShare: 2, shortEdge: -1, shortRepeated: -1, largestPart: -1 };

/**
 * How good the pass over found articles is on pages that its rules were not chosen on: for each fifth of the pages the rules
 * are those that do best on the other four. Says which those are.
 */
export function crossValidated(pages: readonly Page[]): Figure[] {
  const candidates = grid();
  const found = candidates.map((rules) => extracted(pages, rules));
  const before = extracted(pages, nothing);
  const unseen: ExtractedPage[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const isUnseen = (_page: unknown, at: number) => at % folds === fold;
    const scores = found.map((all) => meanF1(all.filter((page, at) => !isUnseen(page, at))));
    const best = scores.indexOf(Math.max(...scores));
    const mine = found[best]?.filter(isUnseen) ?? [];
    say(
      `  fifth ${fold + 1}: ${JSON.stringify(candidates[best])} ${meanF1(mine).toFixed(4)}, without ${meanF1(before.filter(isUnseen)).toFixed(4)}`,
    );
    unseen.push(...mine);
  }
  return [
    figure('ours, nothing dropped: mean F1', '', [meanF1(before)]),
    figure('ours, rules chosen on the other four fifths: mean F1', '', [meanF1(unseen)]),
  ];
}

function grid(): DropRules[] {
  const found: DropRules[] = [];
  for (const linkShare of [0.5, 0.7, 0.9])
    for (const shortEdge of [30, 60, 90])
      for (const paragraph of [60, 100]) found.push({ ...dropRules, linkShare, shortEdge, paragraph });
  return found;
}

function extracted(pages: readonly Page[], rules: DropRules): ExtractedPage[] {
  return pages.map(({ html, expected }) => ({ expected, found: mainText(html, '', rules).text }));
}
