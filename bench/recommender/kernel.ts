import { spawnSync } from 'node:child_process';
import path from 'node:path';
import * as z from 'zod';
import { kernelMatrix } from '../../lambdas/recommender/kernel/inverse.ts';
import { chanceFrom } from '../../lambdas/recommender/models/chance.ts';
import { type Benchmark, type Figure, figure, say } from '../figures.ts';

const python = process.env.BENCH_PYTHON ?? 'python3';
const script = path.join(import.meta.dirname, 'numpy-inverse.py');
// Films of MovieLens-100K with and without its rare ones, and a catalogue of some thousand.
const sides = [944, 1684, 4000] as const;
const rounds = 3;

/** The kernel's inverse, and numpy's of the same matrix in the same run: one thread each. */
export const benchmark: Benchmark = {
  title: 'the inverse of a symmetric positive definite matrix of f32, by the kernel and by numpy (one thread)',
  async measure() {
    const missing = spawnSync(python, ['-c', 'import numpy']).status !== 0;
    if (missing) say(`  without numpy: ${python} has none (BENCH_PYTHON names another)`);
    return sides.flatMap((side) => {
      const matrix = ridged(side);
      const ours = byKernel(matrix, side);
      return missing ? ours.figures : [...ours.figures, ...byNumpy(matrix, side, ours.corner)];
    });
  },
};

/** Like a Gram matrix with its ridge: small numbers beside a diagonal that is larger than the rest of its row. */
function ridged(side: number): Float32Array {
  const chance = chanceFrom(1);
  const matrix = new Float32Array(side * side);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < row; column += 1) {
      const value = chance() - 0.5;
      matrix[row * side + column] = value;
      matrix[column * side + row] = value;
    }
    matrix[row * side + row] = side / 2 + chance();
  }
  return matrix;
}

function byKernel(matrix: Float32Array, side: number): { readonly figures: Figure[]; readonly corner: number } {
  const [processor, clock]: [number[], number[]] = [[], []];
  let corner = 0;
  // The first warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const into = kernelMatrix(side);
    for (let row = 0; row < side; row += 1)
      into.values.set(matrix.subarray(row * side, (row + 1) * side), row * into.width);
    const used = process.cpuUsage();
    const began = performance.now();
    into.invert();
    if (round > 0) {
      const { user, system } = process.cpuUsage(used);
      processor.push((user + system) / 1e6);
      clock.push((performance.now() - began) / 1000);
    }
    corner = into.values[0] ?? 0;
  }
  return { figures: figuresOf('the kernel', side, { processor, clock }), corner };
}

const answer = z.object({ processor: z.array(z.number()), clock: z.array(z.number()), corner: z.number() });

function byNumpy(matrix: Float32Array, side: number, corner: number): Figure[] {
  const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const { stdout, stderr, status } = spawnSync(python, [script, String(side), String(rounds)], {
    input: new Uint8Array(matrix.buffer),
    env: { ...process.env, ...threads },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`numpy's inverse failed: ${stderr}`);
  const measured = answer.parse(JSON.parse(stdout));
  if (Math.abs(measured.corner / corner - 1) > 1e-3) throw new Error(`two inverses of ${side} rows are not the same`);
  return figuresOf('numpy', side, measured);
}

function figuresOf(
  whose: string,
  side: number,
  { processor, clock }: { readonly processor: readonly number[]; readonly clock: readonly number[] },
): Figure[] {
  return [
    figure(`${whose}, ${side} rows: processor`, 's', processor),
    figure(`${whose}, ${side} rows: clock`, 's', clock),
  ];
}
