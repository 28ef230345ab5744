import { invalidArgument, notImplemented, S3Error } from './errors.ts';
import type { StoredObject } from './storage/catalogue.ts';

/** One part of an object, as `partNumber` asks for it; an object in one piece has one part and tells no count. */
export function partAsked(
  asked: string | null,
  range: string | undefined,
  { etag, segments, size }: Pick<StoredObject, 'etag' | 'segments' | 'size'>,
): { start: number; length: number; count: number | undefined } | undefined {
  if (asked === null) return undefined;
  const number = Number(asked);
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive');
  if (range !== undefined)
    throw new S3Error(400, 'InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  const [, parts] = /-(\d+)$/.exec(etag) ?? [];
  const count = parts === undefined ? undefined : Number(parts);
  if (number > (count ?? 1))
    throw new S3Error(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      PartNumberRequested: number,
      ActualPartCount: count ?? 1,
    });
  // What was read as a file lies in one piece since.
  if (count !== undefined && segments.length !== count) throw notImplemented('partNumber of an object that was joined');
  const start = segments.slice(0, number - 1).reduce((sum, segment) => sum + segment.size, 0);
  return { start, length: segments[number - 1]?.size ?? size, count };
}

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
