import { seededRandom, shuffled } from './random.ts';
import { type Corpus, featureValues } from './vocabulary.ts';

/** How a model is fitted. */
export interface FitOptions {
  readonly labelCount: number;
  readonly epochs: number;
  /** How many models, each with the rows in an order of its own, are averaged into one. */
  readonly members: number;
  readonly seed: number;
  /** Rows to train on. */
  readonly rows: Int32Array;
}

// AdaGrad's step; halved or doubled it costs 0.3 points of accuracy.
const rate = 0.5;

/**
 * Multinomial logistic regression by AdaGrad, a few passes only, averaged over members. One pass over rows in one order
 * leaves noise in the weights; the mean of ten models hasn't it, and is a linear model of the same size.
 * Returns by feature and label the weight, its feature's value multiplied in.
 */
export function fitWeights(corpus: Corpus, options: FitOptions): Float32Array {
  const values = featureValues(corpus);
  const k = options.labelCount;
  const sum = new Float32Array(corpus.keys.length * k);
  for (let member = 0; member < options.members; member += 1) {
    const weights = fitMember(corpus, values, { ...options, seed: options.seed + member });
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (weights[i] ?? 0) / options.members;
  }
  for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) * (values[Math.floor(i / k)] ?? 0);
  return sum;
}

function fitMember(corpus: Corpus, values: Float64Array, { labelCount, epochs, seed, rows }: FitOptions): Float32Array {
  const weights = new Float32Array(corpus.keys.length * labelCount);
  const squares = new Float32Array(weights.length);
  const random = seededRandom(seed);
  for (let epoch = 0; epoch < epochs; epoch += 1)
    for (const at of shuffled(rows.length, random))
      learn({ corpus, values, weights, squares, labelCount }, rows[at] ?? 0, rate * (1 - epoch / epochs));
  return weights;
}

interface Learner {
  readonly corpus: Corpus;
  readonly values: Float64Array;
  readonly weights: Float32Array;
  readonly squares: Float32Array;
  readonly labelCount: number;
}

/** One step down the gradient of one row's log loss. */
function learn({ corpus, values, weights, squares, labelCount: k }: Learner, row: number, step: number): void {
  const start = corpus.starts[row] ?? 0;
  const end = corpus.starts[row + 1] ?? 0;
  const norm = 1 / Math.sqrt(end - start);
  const scores = new Float64Array(k);
  for (let i = start; i < end; i += 1) {
    const id = corpus.ids[i] ?? 0;
    const value = (values[id] ?? 0) * norm;
    for (let c = 0; c < k; c += 1) scores[c] = (scores[c] ?? 0) + (weights[id * k + c] ?? 0) * value;
  }
  const wrong = errorsOf(scores, corpus.labels[row] ?? 0);
  for (let i = start; i < end; i += 1) {
    const id = corpus.ids[i] ?? 0;
    const value = (values[id] ?? 0) * norm;
    for (let c = 0; c < k; c += 1) {
      const at = id * k + c;
      const gradient = (wrong[c] ?? 0) * value;
      const square = (squares[at] ?? 0) + gradient * gradient;
      squares[at] = square;
      weights[at] = (weights[at] ?? 0) - (step * gradient) / (Math.sqrt(square) + 1e-6);
    }
  }
}

/** Softmax in place, less 1 at the right label: the gradient of the log loss by each score. */
function errorsOf(scores: Float64Array, label: number): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > highest) highest = score;
  let total = 0;
  for (let c = 0; c < scores.length; c += 1) {
    const share = Math.exp((scores[c] ?? 0) - highest);
    scores[c] = share;
    total += share;
  }
  for (let c = 0; c < scores.length; c += 1) scores[c] = (scores[c] ?? 0) / total - (c === label ? 1 : 0);
  return scores;
}
