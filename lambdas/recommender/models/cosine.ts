import { z } from 'zod';
import { similarItems } from '../similarity/cosine.ts';
import { linearModel, linearModelFrom } from './linear-model.ts';
import type { Trainer } from './model.ts';
import { type TouchTable, touchTable } from './touch-table.ts';

const parametersSchema = z.object({
  /** Only likeness above it counts. */
  above: z.number().min(0).lt(1),
  /** So many neighbours of an item count. */
  best: z.number().int().positive(),
});

/** The likeness of items that the schedule of similarity computes, added up over the history. */
export const cosine: Trainer<z.infer<typeof parametersSchema>> = {
  kind: 'cosine',
  parameters: parametersSchema,
  tune: () => ({ above: 0.1, best: 100 }),
  fit(interactions, content, parameters) {
    const table = touchTable(
      interactions,
      content.map(({ item }) => item),
    );
    const base = new Float32Array(table.items.length);
    return linearModel({ kind: 'cosine', items: table.items, weights: neighbours(table, parameters), base });
  },
  fromBytes: (bytes) => linearModelFrom(bytes, 'cosine'),
};

function neighbours(table: TouchTable, { above, best }: z.infer<typeof parametersSchema>) {
  const users = new Int32Array(table.columns.length);
  for (let user = 0; user < table.users.length; user += 1) users.fill(user, table.starts[user], table.starts[user + 1]);
  const touches = { users, items: table.columns, userCount: table.users.length, itemCount: table.items.length };
  const rows = new Map(
    similarItems(touches, { above, best, mostItemsOfAUser: Number.POSITIVE_INFINITY }).map((row) => [row.item, row]),
  );
  const starts = new Int32Array(table.items.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (let item = 0; item < table.items.length; item += 1) {
    columns.push(...(rows.get(item)?.others ?? []));
    values.push(...(rows.get(item)?.scores ?? []));
    starts[item + 1] = columns.length;
  }
  return { starts, columns: Int32Array.from(columns), values: Float32Array.from(values) };
}
