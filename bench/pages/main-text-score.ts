/** One page's article as people marked it, and as it was extracted. */
export interface ExtractedPage {
  readonly expected: string;
  readonly found: string;
}

/**
 * How well articles are found, 0 to 1: for each page the shares of 4-word shingles that are right, wrong and missing;
 * precision and recall from the means of these; F1 of the two. Source: the article extraction benchmark's evaluate.py
 * (github.com/scrapinghub/article-extraction-benchmark), for letters of all scripts.
 */
export function meanF1(pages: readonly ExtractedPage[]): number {
  const shares = pages.map(sharesOf);
  const sum = (pick: (share: Shares) => number) => shares.reduce((total, share) => total + pick(share), 0);
  const right = sum(({ right }) => right);
  const precision = right / (right + sum(({ wrong }) => wrong));
  const recall = right / (right + sum(({ missing }) => missing));
  return (2 * precision * recall) / (precision + recall);
}

interface Shares {
  readonly right: number;
  readonly wrong: number;
  readonly missing: number;
}

function sharesOf({ expected, found }: ExtractedPage): Shares {
  const [wanted, had] = [shingles(expected), shingles(found)];
  let [right, wrong, missing] = [0, 0, 0];
  for (const shingle of new Set([...wanted.keys(), ...had.keys()])) {
    const [w = 0, h = 0] = [wanted.get(shingle), had.get(shingle)];
    right += Math.min(w, h);
    wrong += Math.max(0, h - w);
    missing += Math.max(0, w - h);
  }
  const all = right + wrong + missing || 1;
  return { right: right / all, wrong: wrong / all, missing: missing / all };
}

const shingleWords = 4;

function shingles(text: string): Map<string, number> {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  const counts = new Map<string, number>();
  const last = words.length === 0 ? 0 : Math.max(1, words.length - shingleWords + 1);
  for (let at = 0; at < last; at += 1) {
    const shingle = words.slice(at, at + shingleWords).join(' ');
    counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
  }
  return counts;
}
