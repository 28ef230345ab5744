import type { Dictionary } from '../../lambdas/language/dictionary/dictionary-file.ts';

/** A word and how often it was seen. */
export interface WordCount {
  readonly word: string;
  readonly count: number;
}

/** Words that begin alike, from one place of the sorted list to before another, and how many code units they share. */
interface Branch {
  readonly state: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** Words as a double array. Of a word that stands twice the last count holds, and both are part of the total, as in jieba. */
export function buildDictionary(words: readonly WordCount[]): Dictionary {
  const counts = new Map(words.map(({ word, count }) => [word, count]));
  const numbers = numbersOf(counts.keys());
  const frequencies = [0, ...new Set(counts.values())];
  const rankOf = new Map(frequencies.map((frequency, rank) => [frequency, rank] as const).slice(1));
  const sorted = [...counts.keys()].sort((a, b) => (a < b ? -1 : 1));
  const cells = new Cells();
  const branches: Branch[] = [{ state: 0, from: 0, to: sorted.length, depth: 0 }];
  for (let branch = branches.pop(); branch; branch = branches.pop()) {
    const { state, depth } = branch;
    const [first = ''] = sorted.slice(branch.from, branch.from + 1);
    if (first.length === depth && depth > 0) cells.ranks[state] = rankOf.get(counts.get(first) ?? 0) ?? 0;
    const next = nextOf(sorted, branch, numbers);
    if (next.length === 0) continue;
    const base = state === 0 ? 0 : cells.roomFor(next.map(({ number }) => number));
    cells.bases[state] = base;
    for (const { number } of next) cells.take(base + number, state);
    for (const { number, from, to } of next) branches.push({ state: base + number, from, to, depth: depth + 1 });
  }
  const total = words.reduce((sum, { count }) => sum + count, 0);
  const most = numbers.reduce((largest, number) => Math.max(largest, number), 0);
  return { numbers, ...cells.packed(most), frequencies: Uint32Array.from(frequencies), total };
}

/** Often used code units get low numbers: the cells that most words use lie together. */
function numbersOf(words: Iterable<string>): Uint16Array {
  const uses = new Map<number, number>();
  for (const word of words)
    for (let at = 0; at < word.length; at += 1) {
      const unit = word.charCodeAt(at);
      uses.set(unit, (uses.get(unit) ?? 0) + 1);
    }
  const numbers = new Uint16Array(0x10000);
  const units = [...uses].sort(([a, usesOfA], [b, usesOfB]) => usesOfB - usesOfA || a - b);
  for (const [index, [unit]] of units.entries()) numbers[unit] = index + 1;
  return numbers;
}

/** What follows the shared code units, in the order of the list. */
function nextOf(sorted: readonly string[], { from, to, depth }: Branch, numbers: Uint16Array) {
  const next: { readonly number: number; readonly from: number; to: number }[] = [];
  let unit = -1;
  for (let at = from; at < to; at += 1) {
    const word = sorted[at] ?? '';
    if (word.length === depth) continue;
    if (word.charCodeAt(depth) !== unit) {
      unit = word.charCodeAt(depth);
      next.push({ number: numbers[unit] ?? 0, from: at, to: at });
    }
    const last = next.at(-1);
    if (last) last.to = at + 1;
  }
  return next;
}

/** The double array while it is filled. Cell 0 is the root. */
class Cells {
  readonly ranks: number[] = [];
  readonly bases: number[] = [];
  readonly #owners: number[] = [-1];
  // All cells before it are taken.
  #firstFree = 1;

  /** The lowest place from which all of these are free. */
  roomFor(numbers: readonly number[]): number {
    const least = Math.min(...numbers);
    for (let cell = this.#firstFree; ; cell += 1) {
      const base = cell - least;
      if (base > 0 && numbers.every((number) => this.#isFree(base + number))) return base;
    }
  }

  take(cell: number, owner: number): void {
    while (this.#owners.length <= cell) this.#owners.push(-1);
    this.#owners[cell] = owner;
    while (!this.#isFree(this.#firstFree)) this.#firstFree += 1;
  }

  #isFree(cell: number): boolean {
    return cell > 0 && (this.#owners[cell] ?? -1) === -1;
  }

  /** With room behind the last cell for every number, so that no look-up leaves the array. */
  packed(most: number): { readonly cells: Int32Array; readonly ranks: Uint16Array } {
    const count = this.#owners.length + most + 1;
    const cells = new Int32Array(count * 2);
    for (let cell = 0; cell < count; cell += 1) {
      cells[cell * 2] = this.#owners[cell] ?? -1;
      cells[cell * 2 + 1] = this.bases[cell] ?? 0;
    }
    return { cells, ranks: Uint16Array.from({ length: count }, (_, cell) => this.ranks[cell] ?? 0) };
  }
}
