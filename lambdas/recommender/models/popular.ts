import { z } from 'zod';
import { linearModel, linearModelFrom } from './linear-model.ts';
import type { Trainer } from './model.ts';
import { touchTable } from './touch-table.ts';

/** Every user gets what most users touched: what all other models must beat. */
export const popular: Trainer<Record<string, never>> = {
  kind: 'popular',
  parameters: z.strictObject({}),
  tune: () => ({}),
  fit(interactions, content) {
    const { items, counts } = touchTable(
      interactions,
      content.map(({ item }) => item),
    );
    const none = { starts: new Int32Array(items.length + 1), columns: new Int32Array(0), values: new Float32Array(0) };
    return linearModel({ kind: 'popular', items, weights: none, base: Float32Array.from(counts) });
  },
  fromBytes: (bytes) => linearModelFrom(bytes, 'popular'),
};
