import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batches } from '../../../../lambdas/kit/messages/batches.ts';

const sizes = fc.array(fc.nat({ max: 30 }), { maxLength: 60 });
const limits = fc.record(
  { size: fc.integer({ min: 1, max: 40 }), items: fc.integer({ min: 1, max: 12 }) },
  { requiredKeys: ['size'] },
);
const sum = (some: readonly number[]) => some.reduce((total, one) => total + one, 0);
const itself = (size: number) => size;

test('batches keep order and every item, within the limits', () => {
  fc.assert(
    fc.property(sizes, limits, (items, within) => {
      const cut = [...batches(items, within, itself)];

      expect(cut.flat()).toEqual(items);
      for (const batch of cut) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(within.items ?? items.length);
        if (batch.length > 1) expect(sum(batch)).toBeLessThanOrEqual(within.size);
      }
    }),
  );
});

test('a batch ends only where the next item has no place in it', () => {
  fc.assert(
    fc.property(sizes, limits, (items, within) => {
      const cut = [...batches(items, within, itself)];

      for (const [index, batch] of cut.slice(0, -1).entries()) {
        const isFull = batch.length === within.items;
        expect(isFull || sum([...batch, cut[index + 1]?.[0] ?? 0]) > within.size).toBe(true);
      }
    }),
  );
});

test('an item that is too large alone is alone', () => {
  expect([...batches([1, 9, 1, 1], { size: 5 }, itself)]).toEqual([[1], [9], [1, 1]]);
});

test('the first batch is cut without a look at those behind it', () => {
  const seen: number[] = [];
  const [first] = batches([2, 2, 2, 2, 2], { size: 4 }, (size) => {
    seen.push(size);
    return size;
  });

  expect(first).toEqual([2, 2]);
  expect(seen).toHaveLength(3);
});
