import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildKernel } from '../../../../bin/kernel.ts';
import { kernelMatrix } from '../../../../lambdas/recommender/kernel/inverse.ts';
import { kernelBytes } from '../../../../lambdas/recommender/kernel/kernel-bytes.ts';

test('the shipped bytes are what the source builds', async () => {
  expect(Buffer.from(await buildKernel()).toString('base64')).toBe(kernelBytes);
});

/** A symmetric positive definite matrix, its diagonal larger than the rest of its row. */
function randomMatrix(side: number, chance: () => number): Float64Array {
  const values = new Float64Array(side * side);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < row; column += 1) {
      const value = chance() - 0.5;
      values[row * side + column] = value;
      values[column * side + row] = value;
    }
    values[row * side + row] = side / 2 + chance();
  }
  return values;
}

/** The largest distance of `matrix * inverse` from the identity. */
function largestError(matrix: Float64Array, inverse: Float32Array, width: number, side: number): number {
  let worst = 0;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      let sum = row === column ? -1 : 0;
      for (let k = 0; k < side; k += 1)
        sum += (matrix[row * side + k] as number) * (inverse[k * width + column] as number);
      worst = Math.max(worst, Math.abs(sum));
    }
  }
  return worst;
}

// Sides around the edges of a tile (8) and of a block (64).
test.each([1, 3, 7, 8, 9, 63, 64, 65, 72, 129, 200])(
  'a matrix of %i rows times its inverse is the identity',
  (side) => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (numbers) => {
        const matrix = randomMatrix(side, () => numbers.next().value as number);
        const kernel = kernelMatrix(side);
        for (let row = 0; row < side; row += 1) {
          kernel.values.set(matrix.subarray(row * side, (row + 1) * side), row * kernel.width);
        }
        kernel.invert();
        expect(largestError(matrix, kernel.values, kernel.width, side)).toBeLessThan(1e-5);
      }),
      { numRuns: 3 },
    );
  },
);

test('a matrix that is not positive definite is refused', () => {
  const kernel = kernelMatrix(9);
  kernel.values.fill(1);
  expect(() => kernel.invert()).toThrow(RangeError);
});
