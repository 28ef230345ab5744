import { createHash } from 'node:crypto';
import { type Answer, type Call, describingHeaders, header, quoted, versionHeader } from './call.ts';
import { checkCopyConditions } from './conditions.ts';
import { invalidArgument, noSuchBucket, noSuchKey, S3Error } from './errors.ts';
import { storePart } from './multipart.ts';
import { orRemove, store } from './objects.ts';
import type { Bucket } from './storage/bucket.ts';
import type { StoredObject } from './storage/catalogue.ts';
import { renderXml } from './transfer/xml.ts';

/** Copies the bytes, and the describing headers unless the request replaces them. */
export async function copyObject(call: Call): Promise<Answer> {
  const directive = header(call, 'x-amz-metadata-directive') ?? 'COPY';
  const source = findSource(call);
  const { bucket, object: from } = source;
  if (directive === 'COPY' && bucket.name === call.bucket && from.key === call.key && from.latest) {
    throw new S3Error(400, 'InvalidRequest', 'A copy onto itself must change something.');
  }

  const md5 = createHash('md5');
  const reading = call.store.blobs.read(from.segments, 0, from.size);
  const blob = await call.store.blobs.write(hashed(reading.bytes, md5)).finally(() => reading.close());
  const headers = directive === 'REPLACE' ? describingHeaders(call) : from.headers;
  const { size, checksum } = from;
  const etag = md5.digest('hex');
  const object = await orRemove(call, [blob], () =>
    store(call, { size, etag, headers, checksum, segments: [{ blob, size }] }),
  );
  return copied('CopyObjectResult', source, object, versionHeader(call, object.version));
}

/** Stores a part that is another object, or `x-amz-copy-source-range` of it. */
export async function uploadPartCopy(call: Call): Promise<Answer> {
  const source = findSource(call);
  const { start, length } = rangeOf(call, source.object.size);
  const md5 = createHash('md5');
  const reading = call.store.blobs.read(source.object.segments, start, length);
  const part = await storePart(call, hashed(reading.bytes, md5), () => ({
    size: length,
    etag: md5.digest('hex'),
    checksum: undefined,
  })).finally(() => reading.close());
  return copied('CopyPartResult', source, part, {});
}

/** Unlike a Range this one is of one form only, and lies within the object. */
function rangeOf(call: Call, size: number): { start: number; length: number } {
  const wanted = header(call, 'x-amz-copy-source-range');
  if (wanted === undefined) return { start: 0, length: size };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(wanted) ?? [];
  const [start, end] = [Number(first), Number(last)];
  if (first === undefined || last === undefined || start > end) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  }
  if (end >= size) throw invalidArgument(`Range specified is not valid for source object of size: ${size}`);
  return { start, length: end - start + 1 };
}

interface Source {
  readonly bucket: Bucket;
  readonly object: StoredObject;
}

/** `/bucket/key?versionId=...`, percent-encoded; found in the tick in which it is then opened. */
function findSource(call: Call): Source {
  const [path = '', query] = (header(call, 'x-amz-copy-source') ?? '').split('?');
  const [, name, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(path)) ?? [];
  if (!name || !key) throw invalidArgument('x-amz-copy-source must be bucket/key.');
  const bucket = call.store.buckets.get(name);
  if (!bucket) throw noSuchBucket(name);
  const version = new URLSearchParams(query).get('versionId') ?? undefined;
  const object = call.store.catalogue.find(name, key, version);
  if (!object || object.deleted) throw noSuchKey(key);
  checkCopyConditions(call, object);
  return { bucket, object };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidArgument('x-amz-copy-source is not percent-encoded rightly.');
  }
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: { update(piece: Uint8Array): unknown }) {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

function copied(
  root: string,
  { bucket, object }: Source,
  copy: { readonly modified: Date; readonly etag: string },
  headers: Readonly<Record<string, string>>,
): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...(bucket.versioned ? { 'x-amz-copy-source-version-id': object.version } : {}),
      ...headers,
    },
    body: renderXml(root, { LastModified: copy.modified.toISOString(), ETag: quoted(copy.etag) }),
  };
}
