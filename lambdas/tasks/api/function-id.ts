import { createHash } from 'node:crypto';

/**
 * The number by which existing clients know a function: of its name alone, so that it is the same in every environment and
 * for as long as the function has its name. It fits the signed 32 bits that typed clients have for it.
 */
export function functionId(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() >>> 1;
}
