import { owner } from './buckets.ts';
import { type Answer, type Call, quoted } from './call.ts';
import { invalidArgument, notImplemented } from './errors.ts';
import type { StoredObject } from './storage/catalogue.ts';
import { renderXml, type XmlValue } from './transfer/xml.ts';

// Above every key that begins with what stands before it.
const last = '\u{10ffff}';

/** One page of keys and common prefixes as the first version of the operation gives it: the marker is a key. */
export function listObjects(call: Call): Answer {
  const { query } = call;
  const limit = pageSize(query.get('max-keys'));
  const marker = query.get('marker') ?? '';
  const page = collect(call, afterMarker(call, marker), limit);
  const encode = encoder(query);
  const delimiter = query.get('delimiter') ?? undefined;
  return xmlAnswer('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(query.get('prefix') ?? ''),
    Marker: encode(marker),
    // Without a delimiter S3 leaves it out, and clients go on from the last key.
    NextMarker: page.next === undefined || !delimiter ? undefined : encode(page.lastShown),
    MaxKeys: limit,
    Delimiter: delimiter === undefined ? undefined : encode(delimiter),
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.next !== undefined,
    Contents: page.objects.map((object) => contentsXml(object, encode, true)),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** A marker that is, or lies in, a common prefix stands for the whole of it. */
function afterMarker({ query }: Call, marker: string): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const cut = delimiter === '' || !marker.startsWith(prefix) ? -1 : marker.indexOf(delimiter, prefix.length);
  return cut < 0 ? marker : marker.slice(0, cut + delimiter.length) + last;
}

/** One page of keys and common prefixes. */
export function listObjectsV2(call: Call): Answer {
  if (call.query.get('list-type') !== '2') throw invalidArgument('Only list-type=2 exists.');
  const { query } = call;
  const limit = pageSize(query.get('max-keys'));
  const token = query.get('continuation-token') ?? undefined;
  const after = token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const page = collect(call, after, limit);
  const encode = encoder(query);
  const text = (name: string) => (query.has(name) ? encode(query.get(name) ?? '') : undefined);
  return xmlAnswer('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(query.get('prefix') ?? ''),
    Delimiter: text('delimiter'),
    EncodingType: query.get('encoding-type') ?? undefined,
    StartAfter: text('start-after'),
    ContinuationToken: token,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString('base64url'),
    MaxKeys: limit,
    KeyCount: page.objects.length + page.prefixes.length,
    IsTruncated: page.next !== undefined,
    Contents: page.objects.map((object) => contentsXml(object, encode, query.get('fetch-owner') === 'true')),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

function contentsXml(object: StoredObject, encode: (text: string) => string, withOwner: boolean): XmlValue {
  return {
    Key: encode(object.key),
    LastModified: object.modified.toISOString(),
    ETag: quoted(object.etag),
    Size: object.size,
    ...(withOwner ? { Owner: owner } : {}),
    StorageClass: 'STANDARD',
  };
}

interface Page {
  readonly objects: StoredObject[];
  readonly prefixes: string[];
  /** Where the next page goes on; `undefined` after the last one. */
  readonly next: string | undefined;
  /** The last key or common prefix of the page. */
  readonly lastShown: string;
}

/** Key by key, stepping over whole common prefixes, so that a folder of a million costs as much as one of ten. */
function collect(call: Call, after: string, limit: number): Page {
  const prefix = call.query.get('prefix') ?? '';
  const delimiter = call.query.get('delimiter') ?? '';
  const objects: StoredObject[] = [];
  const prefixes: string[] = [];
  let cursor = after;
  let lastShown = '';
  for (;;) {
    const object = call.store.catalogue.next(call.bucket, { from: prefix, after: cursor, before: prefix + last });
    if (!object) return { objects, prefixes, next: undefined, lastShown };
    if (objects.length + prefixes.length >= limit)
      return { objects, prefixes, next: limit === 0 ? undefined : cursor, lastShown };
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      objects.push(object);
      cursor = object.key;
      lastShown = object.key;
    } else {
      const common = object.key.slice(0, cut + delimiter.length);
      prefixes.push(common);
      cursor = common + last;
      lastShown = common;
    }
  }
}

/** One page of all versions and delete markers. */
export function listVersions(call: Call): Answer {
  if (call.query.get('delimiter')) throw notImplemented('ListObjectVersions with delimiter');
  const { query } = call;
  const limit = pageSize(query.get('max-keys'));
  const encode = encoder(query);
  const after = { key: query.get('key-marker') ?? '', version: query.get('version-id-marker') ?? '' };
  const found = call.store.catalogue.versions(call.bucket, query.get('prefix') ?? '', after, limit + 1);
  const page = found.slice(0, limit);
  const more = found.length > limit;
  return xmlAnswer('ListVersionsResult', {
    Name: call.bucket,
    Prefix: encode(query.get('prefix') ?? ''),
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyMarker: encode(after.key),
    VersionIdMarker: after.version,
    NextKeyMarker: more ? encode(page.at(-1)?.key ?? '') : undefined,
    NextVersionIdMarker: more ? page.at(-1)?.version : undefined,
    MaxKeys: limit,
    IsTruncated: more,
    Version: page.filter(({ deleted }) => !deleted).map((object) => versionXml(object, encode)),
    DeleteMarker: page.filter(({ deleted }) => deleted).map((object) => versionXml(object, encode)),
  });
}

function versionXml(object: StoredObject, encode: (text: string) => string): XmlValue {
  const about = {
    Key: encode(object.key),
    VersionId: object.version,
    IsLatest: object.latest,
    Owner: owner,
    LastModified: object.modified.toISOString(),
  };
  return object.deleted ? about : { ...about, ETag: quoted(object.etag), Size: object.size, StorageClass: 'STANDARD' };
}

function encoder(query: URLSearchParams): (text: string) => string {
  const encoding = query.get('encoding-type');
  if (encoding === null) return (text) => text;
  if (encoding !== 'url') throw invalidArgument('encoding-type can only be url.');
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}

function pageSize(text: string | null): number {
  const size = Number(text ?? 1000);
  if (!Number.isInteger(size) || size < 0) throw invalidArgument('max-keys must be a whole number.');
  return Math.min(size, 1000);
}

function xmlAnswer(root: string, value: XmlValue): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: renderXml(root, value) };
}
