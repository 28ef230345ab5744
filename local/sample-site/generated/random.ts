/** A stream of numbers that is the same for the same seed on every machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** A whole number; both ends included. */
  whole(from: number, to: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Picks by weight: `[['a', 3], ['b', 1]]` gives `a` three times out of four. */
  weighted<T>(from: readonly (readonly [T, number])[]): T;
}

/** Random numbers named by what they are for, so that one county's never depend on another's having been made before. */
export function randomFor(...names: readonly (string | number)[]): Random {
  const fraction = numbersFrom(hash(names.join('\u0000')));

  return {
    fraction,
    whole: (from, to) => from + Math.floor(fraction() * (to - from + 1)),
    chance: (share) => fraction() < share,
    pick: (from) => at(from, Math.floor(fraction() * from.length)),
    weighted: (from) => {
      const total = from.reduce((sum, [, weight]) => sum + weight, 0);
      let left = fraction() * total;
      const found = from.find(([, weight]) => {
        left -= weight;
        return left < 0;
      });
      return (found ?? at(from, from.length - 1))[0];
    },
  };
}

function at<T>(from: readonly T[], index: number): T {
  if (index < 0 || index >= from.length) {
    throw new RangeError('Nothing to pick from an empty list.');
  }

  return from[index] as T;
}

/** FNV-1a: spreads similar names over all 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }

  return value >>> 0;
}

/** mulberry32: 32 bits of state are plenty for a few thousand rows, and it is fast. */
function numbersFrom(seed: number): () => number {
  let state = seed;

  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
