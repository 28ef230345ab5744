import { S3Error } from './errors.ts';

/** `undefined` for the whole object: without a Range, or with one S3 ignores (several ranges, other units). */
export function readRange(header: string | undefined, size: number): { start: number; length: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  // `-500` is the last 500 bytes.
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  if (start >= size || (first === '' && Number(last) === 0)) {
    const details = { RangeRequested: header ?? '', ActualObjectSize: size };
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable.', details);
  }
  return { start, length: end - start + 1 };
}
