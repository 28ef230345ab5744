import { givenTags } from './about/tags.ts';
import { type Answer, type Call, describingHeaders, header, quoted, versionHeader } from './call.ts';
import { checkCopyConditions } from './conditions.ts';
import { invalidArgument, noSuchBucket, noSuchKey, S3Error } from './errors.ts';
import { storePart, uploadOf } from './multipart.ts';
import { orRemove, store } from './objects.ts';
import type { Bucket } from './storage/bucket.ts';
import { type StoredObject, tagHeader } from './storage/catalogue.ts';
import { checksumElements, checksumType, type StoredChecksum } from './transfer/body.ts';
import { startDigests } from './transfer/digests.ts';
import { readUploadChecksum } from './transfer/upload-checksums.ts';
import { renderXml } from './transfer/xml.ts';

/** Copies the bytes, and the describing headers unless the request replaces them. */
export async function copyObject(call: Call): Promise<Answer> {
  const directive = directiveOf(call, 'x-amz-metadata-directive');
  const source = findSource(call);
  const { bucket, object: from } = source;
  if (directive === 'COPY' && bucket.name === call.bucket && from.key === call.key && from.latest) {
    throw new S3Error(
      400,
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }

  // A copy is in one piece: its checksum is that of the whole, also where the source's is of its parts.
  const digests = startDigests(readUploadChecksum(call.request.headers)?.name ?? from.checksum?.name);
  const reading = call.store.blobs.read(from.segments, 0, from.size);
  const blob = await call.store.blobs.write(digests.of(reading.bytes)).finally(() => reading.close());
  const tags = directiveOf(call, 'x-amz-tagging-directive') === 'REPLACE' ? givenTags(call) : tagHeader(from.tags);
  const headers = { ...(directive === 'REPLACE' ? describingHeaders(call) : from.headers), ...tags };
  const { size } = from;
  const object = await orRemove(call, [blob], () =>
    store(call, { size, ...digests.finish(), headers, segments: [{ blob, size }] }),
  );
  return copied('CopyObjectResult', source, object, versionHeader(call, object.version));
}

function directiveOf(call: Call, name: string): 'COPY' | 'REPLACE' {
  const directive = header(call, name) ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive;
  throw invalidArgument(`Unknown ${name.slice('x-amz-'.length).replace('-', ' ')}.`);
}

/** Stores a part that is another object, or `x-amz-copy-source-range` of it. */
export async function uploadPartCopy(call: Call): Promise<Answer> {
  const source = findSource(call);
  const { start, length } = rangeOf(call, source.object.size);
  const digests = startDigests(uploadOf(call).checksum?.name);
  const reading = call.store.blobs.read(source.object.segments, start, length);
  const part = await storePart(call, digests.of(reading.bytes), () => ({
    size: length,
    ...digests.finish(),
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

function copied(
  root: string,
  { bucket, object }: Source,
  copy: { readonly modified: Date; readonly etag: string; readonly checksum: StoredChecksum | undefined },
  headers: Readonly<Record<string, string>>,
): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...(bucket.versioned ? { 'x-amz-copy-source-version-id': object.version } : {}),
      ...headers,
    },
    body: renderXml(root, {
      LastModified: copy.modified.toISOString(),
      ETag: quoted(copy.etag),
      ...checksumElements(copy.checksum),
      // A part's is told of with the whole.
      ChecksumType: root === 'CopyObjectResult' && copy.checksum ? checksumType(copy.checksum) : undefined,
    }),
  };
}
