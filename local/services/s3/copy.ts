import { createHash } from 'node:crypto';
import { type Answer, type Call, describingHeaders, header, quoted, versionHeader } from './call.ts';
import { invalidArgument, noSuchBucket, noSuchKey, S3Error } from './errors.ts';
import { orRemove, store } from './objects.ts';
import type { StoredObject } from './storage/catalogue.ts';
import { renderXml } from './transfer/xml.ts';

/** Copies the bytes, and the describing headers unless the request replaces them. */
export async function copyObject(call: Call): Promise<Answer> {
  const directive = header(call, 'x-amz-metadata-directive') ?? 'COPY';
  const source = findSource(call);
  const { bucket, object: from } = source;
  if (directive === 'COPY' && bucket === call.bucket && from.key === call.key && from.latest) {
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
  const result = { LastModified: object.modified.toISOString(), ETag: quoted(object.etag) };
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...versionHeader(call, object.version) },
    body: renderXml('CopyObjectResult', result),
  };
}

/** `/bucket/key?versionId=...`, percent-encoded; found in the tick in which it is then opened. */
function findSource(call: Call): { bucket: string; object: StoredObject } {
  const [path = '', query] = (header(call, 'x-amz-copy-source') ?? '').split('?');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(path)) ?? [];
  if (!bucket || !key) throw invalidArgument('x-amz-copy-source must be bucket/key.');
  if (!call.store.buckets.has(bucket)) throw noSuchBucket(bucket);
  const version = new URLSearchParams(query).get('versionId') ?? undefined;
  const object = call.store.catalogue.find(bucket, key, version);
  if (!object || object.deleted) throw noSuchKey(key);
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
