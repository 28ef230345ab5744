import type { ItemContent } from './model.ts';
import type { TouchTable } from './touch-table.ts';

/** A symmetric matrix of items without its diagonal: row `i` has the columns below `i`, at `i * (i - 1) / 2`. */
export type Triangle = Float32Array;

const triangleOf = (side: number): Triangle => new Float32Array((side * (side - 1)) / 2);

/** How many users touched both items. */
export function togetherGram(table: TouchTable): Triangle {
  return pairSums(table, () => 1);
}

/** How near in time users touched both: the sum of exp(-|t_i - t_j| / tau), nothing where a time is unknown. */
export function nearInTimeGram(table: TouchTable, tauMs: number): Triangle {
  const { times } = table;
  // What is further apart than 15 tau adds less than a millionth.
  const none = 15 * tauMs;
  return pairSums(table, (a, b) => {
    const apart = Math.abs((times[a] as number) - (times[b] as number));
    return apart < none ? Math.exp(-apart / tauMs) : 0;
  });
}

/** Adds up over all users what two of their touches, given by their places, say. */
function pairSums({ items, users, starts, columns }: TouchTable, of: (a: number, b: number) => number): Triangle {
  const sums = triangleOf(items.length);
  for (let user = 0; user < users.length; user += 1) {
    const from = starts[user] as number;
    const to = starts[user + 1] as number;
    for (let a = from; a < to; a += 1) {
      // A row's columns ascend, so the second is always the smaller.
      const row = ((columns[a] as number) * ((columns[a] as number) - 1)) / 2;
      for (let b = from; b < a; b += 1) {
        const cell = row + (columns[b] as number);
        sums[cell] = (sums[cell] as number) + of(a, b);
      }
    }
  }
  return sums;
}

/** Years this far apart are alike by 1/e: tastes of an age, not of a single year. */
const yearsApart = 3;

/** What the content of items says of their likeness, each from 0 to 1. */
export interface ContentGrams {
  /** Cosine of category, author and tags. */
  readonly labels: Triangle;
  readonly years: Triangle;
  /** Cosine of the words of title and description, rare words first. */
  readonly words: Triangle;
}

/** Likeness by content, in the order of `items`. */
export function contentGrams(items: readonly string[], content: ReadonlyMap<string, ItemContent>): ContentGrams {
  const known = items.map((item) => content.get(item));
  const labels = known.map((one) => (one === undefined ? [] : labelsOf(one)));
  return {
    labels: cosines(labels, () => 1, items.length),
    years: yearGram(known.map((one) => one?.year)),
    words: cosines(
      known.map((one) => wordsOf(one?.text)),
      (holders) => Math.log((1 + items.length) / holders),
      Math.max(2, items.length * mostHolders),
    ),
  };
}

function labelsOf({ category, author, tags }: ItemContent): readonly string[] {
  const named = [...tags.map((tag) => `tag ${tag}`)];
  if (category !== undefined) named.push(`category ${category}`);
  if (author !== undefined) named.push(`author ${author}`);
  return [...new Set(named)];
}

const wordsOf = (text = '') => [...new Set(text.toLowerCase().match(/\p{Script=Han}{2}|[\p{L}\p{N}]{3,}/gu))];

/** A word of more than a tenth of all items tells little apart, and costs a pass over all pairs of them. */
const mostHolders = 1 / 10;

/** Cosine of sets of labels, each weighing what `weight` says for its number of holders; none of more than `most` is paired. */
function cosines(sets: readonly (readonly string[])[], weight: (holders: number) => number, most: number): Triangle {
  const holders = new Map<string, number[]>();
  sets.forEach((labels, item) => {
    for (const label of labels) {
      const list = holders.get(label) ?? [];
      list.push(item);
      holders.set(label, list);
    }
  });
  const lengths = new Float64Array(sets.length);
  for (const list of holders.values())
    for (const item of list) lengths[item] = (lengths[item] ?? 0) + weight(list.length) ** 2;
  const sums = triangleOf(sets.length);
  for (const list of holders.values()) {
    if (list.length > most) continue;
    const worth = weight(list.length) ** 2;
    list.forEach((a, place) => {
      for (let before = 0; before < place; before += 1) {
        const b = list[before] as number;
        const cell = (a * (a - 1)) / 2 + b;
        sums[cell] = (sums[cell] as number) + worth / Math.sqrt((lengths[a] as number) * (lengths[b] as number));
      }
    });
  }
  return sums;
}

function yearGram(years: readonly (number | undefined)[]): Triangle {
  const sums = triangleOf(years.length);
  years.forEach((year, a) => {
    if (year === undefined) return;
    for (let b = 0; b < a; b += 1) {
      const other = years[b];
      if (other !== undefined) sums[(a * (a - 1)) / 2 + b] = Math.exp(-Math.abs(year - other) / yearsApart);
    }
  });
  return sums;
}
