import { createHash, randomUUID } from 'node:crypto';
import type jsonata from 'jsonata';

/** AWS's own bound on `States.ArrayRange` and `$range`. */
const longestRange = 1000;

const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function partition(items: readonly unknown[], size: number): unknown[][] {
  if (!Number.isInteger(size) || size < 1) throw new Error('$partition: the size must be a positive integer');
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

/** From `first` to `last`, both included, as `States.ArrayRange` counts; one value stands alone, as JSONata's sequences do. */
function range(first: number, last: number, step: number): number | number[] {
  if (![first, last, step].every(Number.isInteger)) throw new Error('$range: only integers are allowed');
  if (step === 0) throw new Error('$range: the step must not be 0');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > longestRange) throw new Error(`$range: ${length} values are more than ${longestRange}`);
  return length === 1 ? first : Array.from({ length }, (_, at) => first + at * step);
}

function hash(data: unknown, algorithm: string): string {
  const known = algorithms[algorithm];
  if (known === undefined) throw new Error(`$hash: the algorithm is none of ${Object.keys(algorithms).join(', ')}`);
  return createHash(known)
    .update(typeof data === 'string' ? data : JSON.stringify(data))
    .digest('hex');
}

/** With a seed always the same number, from 0 up to 1 (not AWS's very number: its generator isn't published). */
function random(seed?: number): number {
  if (seed === undefined) return Math.random();
  const digest = createHash('sha256').update(String(seed)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/**
 * Adds what Step Functions adds to JSONata and takes away `$eval` ("Transforming data with JSONata in Step
 * Functions", AWS developer guide).
 */
export function addStepFunctions(expression: jsonata.Expression): jsonata.Expression {
  expression.registerFunction('partition', partition, '<an:a>');
  expression.registerFunction('range', range, '<nnn:a>');
  expression.registerFunction('hash', hash, '<xs:s>');
  expression.registerFunction('random', random, '<n?:n>');
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', (text: string) => JSON.parse(text), '<s:x>');
  expression.registerFunction('eval', () => {
    throw new Error('$eval is not supported: use $parse');
  });
  return expression;
}
