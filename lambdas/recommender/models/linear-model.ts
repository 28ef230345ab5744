import type { FittedModel, History, ModelKind, Proposal } from './model.ts';
import { packed, unpacked } from './packed.ts';

/** Items that speak for items: the row of an item has what it adds to the score of others. */
export interface Weights {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

export interface LinearParts {
  readonly kind: ModelKind;
  readonly items: readonly string[];
  readonly weights: Weights;
  /** What each item has whatever the history; only a model of popularity has some. */
  readonly base: Float32Array;
}

/** At most so many of a history's items are named as the reason of a proposal. */
const mostReasons = 3;

/** A model whose score is a sum of weights over the history: one row added for each item of it. */
export function linearModel(parts: LinearParts): FittedModel {
  const places = new Map(parts.items.map((item, place) => [item, place]));
  return {
    kind: parts.kind,
    items: parts.items,
    score: (history, count) => propose(parts, known(history, places), count),
    toBytes: () =>
      packed(
        { kind: parts.kind, items: parts.items },
        {
          starts: parts.weights.starts,
          columns: parts.weights.columns,
          values: parts.weights.values,
          base: parts.base,
        },
      ),
  };
}

/** Reads what {@link linearModel} has packed. Throws where the bytes are another's. */
export function linearModelFrom(bytes: Uint8Array, kind: ModelKind): FittedModel {
  const { head, array } = unpacked(bytes, kind);
  return linearModel({
    kind,
    items: head.items,
    weights: {
      starts: new Int32Array(array('starts')),
      columns: new Int32Array(array('columns')),
      values: new Float32Array(array('values')),
    },
    base: new Float32Array(array('base')),
  });
}

const known = (history: History, places: ReadonlyMap<string, number>) => [
  ...new Set(history.flatMap(({ item }) => places.get(item) ?? [])),
];

function propose({ items, weights, base }: LinearParts, history: readonly number[], count: number): Proposal[] {
  const scores = base.slice();
  for (const item of history) {
    for (let cell = weights.starts[item] as number; cell < (weights.starts[item + 1] as number); cell += 1) {
      const other = weights.columns[cell] as number;
      scores[other] = (scores[other] as number) + (weights.values[cell] as number);
    }
  }
  for (const item of history) scores[item] = 0;
  return best(scores, count).map((item) => ({
    item: items[item] as string,
    score: scores[item] as number,
    because: reasonsOf(item, history, weights).map((reason) => items[reason] as string),
  }));
}

/** The places of the largest scores above 0, the largest first; of equals the first. */
export function best(scores: Float32Array, count: number): number[] {
  const chosen: number[] = [];
  let least = 0;
  for (let place = 0; place < scores.length; place += 1) {
    const score = scores[place] as number;
    if (!(score > least)) continue;
    let at = chosen.length;
    while (at > 0 && (scores[chosen[at - 1] as number] as number) < score) at -= 1;
    chosen.splice(at, 0, place);
    if (chosen.length > count) chosen.pop();
    if (chosen.length === count) least = scores[chosen.at(-1) as number] as number;
  }
  return chosen;
}

function reasonsOf(item: number, history: readonly number[], weights: Weights): number[] {
  const weighed = history.flatMap((one) => {
    const row = weights.columns.subarray(weights.starts[one], weights.starts[one + 1]);
    const cell = row.indexOf(item);
    return cell < 0 ? [] : [{ one, weight: weights.values[(weights.starts[one] as number) + cell] as number }];
  });
  const speaking = weighed.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  return speaking.slice(0, mostReasons).map(({ one }) => one);
}

/**
 * So many weights are kept of all items: 32 MB in a function's memory, all of them to 2,000 items, the best 400 of each of 10,000.
 */
const mostWeights = 4_000_000;

/** The weights of largest size, row by row; `row(i)` hands out all weights of one item. */
export function largestWeights(itemCount: number, row: (item: number) => Float32Array): Weights {
  const each = Math.max(1, Math.min(itemCount, Math.floor(mostWeights / Math.max(1, itemCount))));
  const starts = new Int32Array(itemCount + 1);
  const columns = new Int32Array(itemCount * each);
  const values = new Float32Array(itemCount * each);
  let end = 0;
  for (let item = 0; item < itemCount; item += 1) {
    const weights = row(item);
    const least = each < itemCount ? (weights.map(Math.abs).sort().at(-each) as number) : 0;
    const limit = (starts[item] as number) + each;
    for (let other = 0; other < itemCount && end < limit; other += 1) {
      const weight = weights[other] as number;
      if (other === item || weight === 0 || Math.abs(weight) < least) continue;
      columns[end] = other;
      values[end] = weight;
      end += 1;
    }
    starts[item + 1] = end;
  }
  return { starts, columns: columns.slice(0, end), values: values.slice(0, end) };
}
