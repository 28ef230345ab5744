import { z } from 'zod';
import { best } from './linear-model.ts';
import type { FittedModel, History, Proposal } from './model.ts';
import { packed, unpacked } from './packed.ts';

/** What a row of factors is solved from, beside what the row touched. */
export interface FoldIn {
  /** The sum of v v' over all vectors of the other side. */
  readonly gram: Float64Array;
  readonly factors: Float32Array;
  readonly otherCount: number;
  readonly width: number;
  readonly unobserved: number;
  readonly lambda: number;
}

/** The sum of v v' over all vectors. */
export function gramOf(factors: Float32Array, width: number): Float64Array {
  const gram = new Float64Array(width * width);
  for (let from = 0; from < factors.length; from += width) addSquare(gram, factors, from, width);
  return gram;
}

function addSquare(matrix: Float64Array, factors: Float32Array, from: number, width: number): void {
  for (let a = 0; a < width; a += 1) {
    const value = factors[from + a] as number;
    for (let b = 0; b <= a; b += 1) {
      const cell = a * width + b;
      matrix[cell] = (matrix[cell] as number) + value * (factors[from + b] as number);
    }
  }
}

/**
 * The vector of who touched these: (sum over touched v v' + unobserved * gram + ridge) x = sum over touched v. A ridge
 * grows with touches, and with what all other pairs weigh.
 */
export function foldIn(
  touched: ArrayLike<number>,
  { gram, factors, otherCount, width, unobserved, lambda }: FoldIn,
): Float64Array {
  const matrix = gram.map((value) => unobserved * value);
  const wanted = new Float64Array(width);
  for (let place = 0; place < touched.length; place += 1) {
    const from = (touched[place] as number) * width;
    addSquare(matrix, factors, from, width);
    for (let k = 0; k < width; k += 1) wanted[k] = (wanted[k] as number) + (factors[from + k] as number);
  }
  const ridge = lambda * (touched.length + unobserved * otherCount);
  for (let k = 0; k < width; k += 1) matrix[k * width + k] = (matrix[k * width + k] as number) + ridge;
  return solve(matrix, wanted, width);
}

/** Solves by Cholesky in place; of the matrix, only the lower triangle is read. */
function solve(matrix: Float64Array, wanted: Float64Array, width: number): Float64Array {
  for (let row = 0; row < width; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * width + column] as number;
      for (let k = 0; k < column; k += 1) {
        sum -= (matrix[row * width + k] as number) * (matrix[column * width + k] as number);
      }
      matrix[row * width + column] =
        row === column ? Math.sqrt(sum) : sum / (matrix[column * width + column] as number);
    }
  }
  for (let row = 0; row < width; row += 1) {
    let sum = wanted[row] as number;
    for (let k = 0; k < row; k += 1) sum -= (matrix[row * width + k] as number) * (wanted[k] as number);
    wanted[row] = sum / (matrix[row * width + row] as number);
  }
  for (let row = width - 1; row >= 0; row -= 1) {
    let sum = wanted[row] as number;
    for (let k = row + 1; k < width; k += 1) sum -= (matrix[k * width + row] as number) * (wanted[k] as number);
    wanted[row] = sum / (matrix[row * width + row] as number);
  }
  return wanted;
}

const shapeSchema = z.object({
  width: z.number().int().min(1),
  unobserved: z.number().positive(),
  lambda: z.number().positive(),
});

interface FactorParts extends z.infer<typeof shapeSchema> {
  readonly items: readonly string[];
  readonly factors: Float32Array;
}

/** A model of factors: who asks is folded in by history, so that a user needs no vector from training. */
export function factorModel(parts: FactorParts): FittedModel {
  const { items, factors, width, unobserved, lambda } = parts;
  const places = new Map(items.map((item, place) => [item, place]));
  const gram = gramOf(factors, width);
  return {
    kind: 'ials',
    items,
    factors: { width, values: factors },
    score(history: History, count: number) {
      const known = [...new Set(history.flatMap(({ item }) => places.get(item) ?? []))];
      if (known.length === 0) return [];
      const user = foldIn(known, { ...parts, gram, otherCount: items.length });
      return proposals(user, known, parts, count);
    },
    toBytes: () => packed({ kind: 'ials', items, parameters: { width, unobserved, lambda } }, { factors }),
  };
}

/** Reads what {@link factorModel} has packed. */
export function factorModelFrom(bytes: Uint8Array): FittedModel {
  const { head, array } = unpacked(bytes, 'ials');
  return factorModel({
    ...shapeSchema.parse(head.parameters),
    items: head.items,
    factors: new Float32Array(array('factors')),
  });
}

/** At most so many of a history's items are named as the reason of a proposal. */
const mostReasons = 3;

function proposals(user: Float64Array, known: readonly number[], parts: FactorParts, count: number): Proposal[] {
  const { items, factors, width } = parts;
  const product = (a: ArrayLike<number>, item: number, from = 0) => {
    let sum = 0;
    for (let k = 0; k < width; k += 1) sum += (a[from + k] as number) * (factors[item * width + k] as number);
    return sum;
  };
  const scores = Float32Array.from(items, (_, item) => product(user, item));
  for (const item of known) scores[item] = 0;
  return best(scores, count).map((item) => {
    const near = known.map((one) => ({ one, likeness: product(factors, item, one * width) }));
    const speaking = near.filter(({ likeness }) => likeness > 0).sort((a, b) => b.likeness - a.likeness);
    return {
      item: items[item] as string,
      score: scores[item] as number,
      because: speaking.slice(0, mostReasons).map(({ one }) => items[one] as string),
    };
  });
}
