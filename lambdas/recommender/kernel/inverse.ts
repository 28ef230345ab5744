import { kernelBytes } from './kernel-bytes.ts';

/** What the module exports, in words of bytes and rows. */
interface Kernel {
  invert(matrix: number, side: number, spare: number): number;
}

const pageBytes = 65_536;
// Below it stand the module's own constants.
const firstByte = pageBytes;
// One for all matrices: compiling takes a millisecond, and holds nothing of theirs.
let compiled: WebAssembly.Module | undefined;

/** A symmetric matrix in the memory of the kernel, row by row; what lies right and below of `side` belongs to the kernel. */
export interface KernelMatrix {
  readonly values: Float32Array;
  /** Where row `i` begins: `i * width`. */
  readonly width: number;
  readonly side: number;
  /** Puts the inverse in the place of the matrix. Throws RangeError where the matrix isn't positive definite. */
  invert(): void;
}

/** A symmetric matrix of zeros, for the caller to fill. 10,000 rows take 400 MB. */
export function kernelMatrix(side: number): KernelMatrix {
  // Tiles of 4 x 8 without an edge: the source says so.
  const width = Math.max(8, Math.ceil(side / 8) * 8);
  // Two packed blocks of 64 rows.
  const spare = 2 * 64 * width * 4;
  const pages = Math.ceil((firstByte + width * width * 4 + spare) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages });
  compiled ??= new WebAssembly.Module(Buffer.from(kernelBytes, 'base64'));
  const kernel = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Kernel;
  const values = new Float32Array(memory.buffer, firstByte, width * width);
  return {
    values,
    width,
    side,
    invert() {
      for (let i = side; i < width; i += 1) values[i * width + i] = 1;
      if (!kernel.invert(firstByte, width, firstByte + width * width * 4)) {
        throw new RangeError(`the matrix of ${side} rows is not positive definite`);
      }
    },
  };
}
