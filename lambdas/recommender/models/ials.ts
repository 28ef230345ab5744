import { z } from 'zod';
import { chanceFrom } from './chance.ts';
import { cutByChance, judge, type ScoreRow, uphill } from './cuts.ts';
import { factorModel, factorModelFrom, foldIn, gramOf } from './factor-model.ts';
import type { Chance, Interaction, ItemContent, Trainer } from './model.ts';
import { type TouchTable, touchTable } from './touch-table.ts';

const parametersSchema = z.object({
  /** Numbers of a vector. */
  width: z.number().int().min(1).max(512),
  /** What a pair without a touch weighs against one with: the less, the less popularity decides. */
  unobserved: z.number().positive(),
  /** Ridge; it grows with what a row weighs. */
  lambda: z.number().positive(),
  rounds: z.number().int().min(1),
});
type Parameters = z.infer<typeof parametersSchema>;

const start: Parameters = { width: 32, unobserved: 0.1, lambda: 0.03, rounds: 6 };

const grid = {
  unobserved: [0.003, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5],
  lambda: [0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.04, 0.06, 0.1],
  width: [16, 32, 48, 64],
};

/**
 * Factors by alternating least squares over all pairs, those without a touch at a small weight, and a ridge that grows with
 * a row's weight (Rendle and others 2021, "Revisiting the performance of iALS").
 */
export const ials: Trainer<Parameters> = {
  kind: 'ials',
  parameters: parametersSchema,
  tune,
  fit(interactions, content, parameters) {
    const table = touchTable(
      interactions,
      content.map(({ item }) => item),
    );
    const factors = itemFactors(table, parameters);
    return factorModel({ items: table.items, factors, ...parameters });
  },
  fromBytes: factorModelFrom,
};

/** Rows by item, as the table has them by user. */
function turned({ users, items, starts, columns, counts }: TouchTable) {
  const begins = new Int32Array(items.length + 1);
  for (let item = 0; item < items.length; item += 1)
    begins[item + 1] = (begins[item] as number) + (counts[item] as number);
  const next = begins.slice();
  const rows = new Int32Array(columns.length);
  for (let user = 0; user < users.length; user += 1) {
    for (const item of columns.subarray(starts[user], starts[user + 1])) {
      rows[next[item] as number] = user;
      next[item] = (next[item] as number) + 1;
    }
  }
  return { starts: begins, columns: rows };
}

// The first factors come from a seed of their own, so that the same rows always give the same model.
const firstFactorsSeed = 20_261_130;

function itemFactors(table: TouchTable, parameters: Parameters): Float32Array {
  const { width, rounds } = parameters;
  const chance = chanceFrom(firstFactorsSeed);
  // Even within +-0.1 / sqrt(width), so that first scores are far below the 1 that they shall reach.
  const items = Float32Array.from(
    { length: table.items.length * width },
    () => ((chance() - 0.5) * 0.2) / Math.sqrt(width),
  );
  const users = new Float32Array(table.users.length * width);
  const byItem = turned(table);
  for (let round = 0; round < rounds; round += 1) {
    solveRows(users, { rows: table, others: items, otherCount: table.items.length }, parameters);
    solveRows(items, { rows: byItem, others: users, otherCount: table.users.length }, parameters);
  }
  return items;
}

interface Side {
  readonly rows: Pick<TouchTable, 'starts' | 'columns'>;
  readonly others: Float32Array;
  readonly otherCount: number;
}

function solveRows(target: Float32Array, { rows, others, otherCount }: Side, parameters: Parameters): void {
  const gram = gramOf(others, parameters.width);
  for (let row = 0; row + 1 < rows.starts.length; row += 1) {
    const touched = rows.columns.subarray(rows.starts[row], rows.starts[row + 1]);
    target.set(foldIn(touched, { gram, factors: others, otherCount, ...parameters }), row * parameters.width);
  }
}

// One look takes a second and a half at 1,700 items and 75,000 rows: within the minute that tuning may take.
const mostTries = 14;
const rowsOfMostTries = 100_000;
const leastTries = 4;

function tune(interactions: readonly Interaction[], items: readonly ItemContent[], chance: Chance): Parameters {
  const { learnt, heldOut } = cutByChance(interactions, chance);
  const table = touchTable(
    learnt,
    items.map(({ item }) => item),
  );
  const share = rowsOfMostTries / Math.max(1, interactions.length);
  const tries = Math.max(leastTries, Math.min(mostTries, Math.floor(mostTries * share)));
  return uphill(start, grid, tries, (point) => {
    const { ndcg, map } = judge(table, heldOut, scoring(itemFactors(table, point), table, point));
    return ndcg + map;
  });
}

function scoring(factors: Float32Array, table: TouchTable, parameters: Parameters): ScoreRow {
  const { width } = parameters;
  const gram = gramOf(factors, width);
  return (columns, scores) => {
    const user = foldIn(columns, { gram, factors, otherCount: table.items.length, ...parameters });
    for (let item = 0; item < scores.length; item += 1) {
      let sum = 0;
      for (let k = 0; k < width; k += 1) sum += (user[k] as number) * (factors[item * width + k] as number);
      scores[item] = sum;
    }
  };
}
