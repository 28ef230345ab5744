import { z } from 'zod';
import { type KernelMatrix, kernelMatrix } from '../kernel/inverse.ts';
import { cutByChance, judge, type ScoreRow, uphill } from './cuts.ts';
import { type ContentGrams, contentGrams, nearInTimeGram, type Triangle, togetherGram } from './gram.ts';
import { largestWeights, linearModel, linearModelFrom } from './linear-model.ts';
import type { Chance, Interaction, ItemContent, Trainer } from './model.ts';
import { type TouchTable, touchTable } from './touch-table.ts';

const parametersSchema = z.object({
  /** Ridge that every item has, in users. */
  lambda: z.number().positive(),
  /** The share of a history that is thought away in training; an item's ridge grows with its count by p / (1 - p). */
  dropout: z.number().min(0).lt(1),
  /** How much it counts that a user touched two items at one time. */
  nearWeight: z.number().min(0),
  /** Seconds in which nearness in time fades to 1/e. */
  nearSeconds: z.number().positive(),
  labelWeight: z.number().min(0),
  yearWeight: z.number().min(0),
  wordWeight: z.number().min(0),
});
type Parameters = z.infer<typeof parametersSchema>;

// Where a search begins; all that follows is decided by cuts of the rows it is given.
const start: Parameters = {
  lambda: 500,
  dropout: 0.7,
  nearWeight: 1.5,
  nearSeconds: 300,
  labelWeight: 0.1,
  yearWeight: 0.1,
  wordWeight: 0,
};

const grid = {
  lambda: [1, 3, 10, 30, 60, 120, 250, 350, 500, 700, 1000, 1400, 2000, 4000],
  dropout: [0.2, 0.35, 0.5, 0.6, 0.66, 0.7, 0.74, 0.78, 0.82, 0.86, 0.9],
  nearWeight: [0, 0.5, 1, 1.5, 2, 2.5, 3.5, 5],
  labelWeight: [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45],
  yearWeight: [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45],
  nearSeconds: [30, 100, 300, 1000, 3600, 14_400],
  wordWeight: [0, 0.05, 0.1, 0.2, 0.4],
};

/**
 * A denoising linear autoencoder in closed form: B = G (G + L)^-1 with G = X'X and what was added to it, L diagonal. It is
 * computed as I - (G + L)^-1 L, for which the inverse is all that is needed.
 */
export const dlae: Trainer<Parameters> = {
  kind: 'dlae',
  parameters: parametersSchema,
  tune,
  fit(interactions, items, parameters) {
    const terms = termsOf(interactions, items);
    const { inverse, ridge } = solved(terms, parameters);
    const row = new Float32Array(terms.table.items.length);
    const weights = largestWeights(row.length, (item) => {
      const from = item * inverse.width;
      for (let other = 0; other < row.length; other += 1) {
        row[other] = -(inverse.values[from + other] as number) * (ridge[other] as number);
      }
      return row;
    });
    const base = new Float32Array(terms.table.items.length);
    return linearModel({ kind: 'dlae', items: terms.table.items, weights, base });
  },
  fromBytes: (bytes) => linearModelFrom(bytes, 'dlae'),
};

/** What a solve is put together from; each is computed once for all parameters tried. */
interface Terms {
  readonly table: TouchTable;
  readonly together: Triangle;
  readonly near: (seconds: number) => Triangle;
  readonly content: ContentGrams;
}

function termsOf(interactions: readonly Interaction[], items: readonly ItemContent[]): Terms {
  const table = touchTable(
    interactions,
    items.map(({ item }) => item),
  );
  const nears = new Map<number, Triangle>();
  const near = (seconds: number) => {
    const known = nears.get(seconds) ?? nearInTimeGram(table, seconds * 1000);
    nears.set(seconds, known);
    return known;
  };
  const content = contentGrams(table.items, new Map(items.map((one) => [one.item, one])));
  return { table, together: togetherGram(table), near, content };
}

// What is added to the diagonal where the terms with no diagonal of their own outweigh it.
const moreRidge = 2;

/** (G + L)^-1, and L as it was needed: it is doubled until the matrix is positive definite. */
function solved(terms: Terms, parameters: Parameters): { inverse: KernelMatrix; ridge: Float64Array } {
  const { counts } = terms.table;
  for (let lambda = parameters.lambda, factor = 1; ; factor *= moreRidge) {
    const inverse = kernelMatrix(counts.length);
    const noise = parameters.dropout / (1 - parameters.dropout);
    const ridge = counts.map((count) => factor * (lambda + noise * count));
    fill(inverse, terms, parameters, ridge);
    try {
      inverse.invert();
      return { inverse, ridge };
    } catch (error) {
      if (!(error instanceof RangeError) || !Number.isFinite(lambda * factor)) throw error;
      lambda = Math.max(lambda, 1);
    }
  }
}

function fill({ values, width }: KernelMatrix, terms: Terms, parameters: Parameters, ridge: Float64Array): void {
  const { together, content, table } = terms;
  const { labels, years, words } = content;
  const { nearWeight, labelWeight, yearWeight, wordWeight } = parameters;
  const near = nearWeight > 0 ? terms.near(parameters.nearSeconds) : together;
  // One more than its users, so that an untouched item has neighbours by its content.
  const roots = table.counts.map((count) => Math.sqrt(count + 1));
  for (let a = 0, cell = 0; a < roots.length; a += 1) {
    for (let b = 0; b < a; b += 1, cell += 1) {
      const likeness =
        labelWeight * (labels[cell] as number) +
        yearWeight * (years[cell] as number) +
        wordWeight * (words[cell] as number);
      const value =
        (together[cell] as number) +
        nearWeight * (near[cell] as number) +
        likeness * (roots[a] as number) * (roots[b] as number);
      values[a * width + b] = value;
      values[b * width + a] = value;
    }
    values[a * width + a] = (table.counts[a] as number) + (ridge[a] as number);
  }
}

/** Scores of a user's row out of the inverse itself, without making the weights. */
function scoring({ inverse, ridge }: { inverse: KernelMatrix; ridge: Float64Array }): ScoreRow {
  const { values, width } = inverse;
  return (columns, scores) => {
    for (const item of columns) {
      const from = item * width;
      for (let other = 0; other < scores.length; other += 1) {
        scores[other] = (scores[other] as number) - (values[from + other] as number);
      }
    }
    for (let other = 0; other < scores.length; other += 1) {
      scores[other] = (scores[other] as number) * (ridge[other] as number);
    }
  };
}

// Within the 60 s that tuning may take at 1,700 items, of which one look takes half a second on each of two cuts.
const cutsJudged = 2;
const mostTries = 45;
// A solve costs the cube of the items; larger catalogues get fewer looks for the same time, but some.
const sideOfMostTries = 1700;
const leastTries = 6;

function tune(interactions: readonly Interaction[], items: readonly ItemContent[], chance: Chance): Parameters {
  const cuts = Array.from({ length: cutsJudged }, () => cutByChance(interactions, chance));
  const judged = cuts.map(({ learnt, heldOut }) => ({ terms: termsOf(learnt, items), heldOut }));
  const side = judged[0]?.terms.table.items.length ?? 0;
  const tries = Math.max(
    leastTries,
    Math.min(mostTries, Math.floor(mostTries * (sideOfMostTries / Math.max(1, side)) ** 3)),
  );
  return uphill(start, grid, tries, (point) => {
    const measures = judged.map(({ terms, heldOut }) => judge(terms.table, heldOut, scoring(solved(terms, point))));
    return measures.reduce((sum, { ndcg, map }) => sum + ndcg + map, 0);
  });
}
