import { owner } from './buckets.ts';
import { type Answer, type Call, quoted } from './call.ts';
import { invalidArgument } from './errors.ts';
import type { StoredObject } from './storage/catalogue.ts';
import type { Upload } from './storage/uploads.ts';
import { checksumType } from './transfer/body.ts';
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
  const after = token === undefined ? (query.get('start-after') ?? '') : placeIn(token);
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
    NextContinuationToken: page.next === undefined ? undefined : tokenOf(page.next),
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
    ...checksumKind(object),
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

/** A continuation token: where to go on, so written that what is none is known. */
function tokenOf(place: string): string {
  return Buffer.from(`${tokenMark}${place}`).toString('base64url');
}

function placeIn(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(tokenMark)) throw invalidArgument('The continuation token provided is incorrect');
  return text.slice(tokenMark.length);
}

const tokenMark = 'after:';

/** One page of all versions, delete markers and common prefixes. */
export function listVersions(call: Call): Answer {
  const { query } = call;
  const limit = pageSize(query.get('max-keys'));
  const encode = encoder(query);
  const after = { key: query.get('key-marker') ?? '', version: query.get('version-id-marker') ?? '' };
  const { versions, prefixes, next } = collectVersions(call, after, limit);
  return xmlAnswer('ListVersionsResult', {
    Name: call.bucket,
    Prefix: encode(query.get('prefix') ?? ''),
    Delimiter: query.has('delimiter') ? encode(query.get('delimiter') ?? '') : undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyMarker: encode(after.key),
    VersionIdMarker: after.version,
    NextKeyMarker: next && encode(next.key),
    NextVersionIdMarker: next?.version === '' ? undefined : next?.version,
    MaxKeys: limit,
    IsTruncated: next !== undefined,
    Version: versions.filter(({ deleted }) => !deleted).map((object) => versionXml(object, encode)),
    DeleteMarker: versions.filter(({ deleted }) => deleted).map((object) => versionXml(object, encode)),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

interface Marker {
  readonly key: string;
  /** Empty after all versions of the key. */
  readonly version: string;
}

interface Versions {
  readonly versions: StoredObject[];
  readonly prefixes: string[];
  readonly next: Marker | undefined;
}

/** Version by version, stepping over whole common prefixes. */
function collectVersions(call: Call, after: Marker, limit: number): Versions {
  const [prefix, delimiter] = [call.query.get('prefix') ?? '', call.query.get('delimiter') ?? ''];
  const found: Versions = { versions: [], prefixes: [], next: undefined };
  let [cursor, shown] = [pastPrefix(after, prefix, delimiter), after];
  for (;;) {
    const left = limit - found.versions.length - found.prefixes.length;
    const rows = call.store.catalogue.versions(call.bucket, prefix, cursor, left + 1);
    for (const [index, object] of rows.entries()) {
      if (index === left) return { ...found, next: limit === 0 ? undefined : shown };
      const common = commonPrefix(object.key, prefix, delimiter);
      if (common === undefined) found.versions.push(object);
      else found.prefixes.push(common);
      shown = { key: common ?? object.key, version: common === undefined ? object.version : '' };
      cursor = pastPrefix(shown, prefix, delimiter);
      if (common !== undefined) break;
    }
    if (rows.length <= left && commonPrefix(shown.key, prefix, delimiter) === undefined) return found;
    if (rows.length === 0) return found;
  }
}

/** A marker that is a common prefix stands for all that is below it. */
function pastPrefix(marker: Marker, prefix: string, delimiter: string): Marker {
  const common = commonPrefix(marker.key, prefix, delimiter);
  return common === undefined ? marker : { key: common + last, version: '' };
}

function versionXml(object: StoredObject, encode: (text: string) => string): XmlValue {
  const about = {
    Key: encode(object.key),
    VersionId: object.version,
    IsLatest: object.latest,
    Owner: owner,
    LastModified: object.modified.toISOString(),
  };
  const stored = { ETag: quoted(object.etag), ...checksumKind(object), Size: object.size, StorageClass: 'STANDARD' };
  return object.deleted ? about : { ...about, ...stored };
}

function checksumKind({ checksum }: StoredObject): Record<string, string> {
  return checksum ? { ChecksumAlgorithm: checksum.name.toUpperCase(), ChecksumType: checksumType(checksum) } : {};
}

/** One page of the uploads in progress, in the order of their keys and then of their beginnings. */
export function listMultipartUploads(call: Call): Answer {
  const { query } = call;
  const limit = pageSize(query.get('max-uploads'), 'max-uploads');
  const encode = encoder(query);
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const after = { key: query.get('key-marker') ?? '', id: query.get('upload-id-marker') ?? '' };
  const left = call.store.catalogue.uploads
    .list(call.bucket)
    .filter(({ key }) => key.startsWith(prefix))
    .filter(isAfter(after));
  const found = Map.groupBy(left, ({ key, id }) => commonPrefix(key, prefix, delimiter) ?? `${key}\0${id}`);
  const page = [...found.values()].slice(0, limit);
  const ended = page.at(-1)?.at(-1);
  const more = found.size > page.length;
  const [uploads, groups] = [page.flat(), page.map(([first]) => commonPrefix(first?.key ?? '', prefix, delimiter))];
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: call.bucket,
    Prefix: encode(prefix),
    Delimiter: query.has('delimiter') ? encode(delimiter) : undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyMarker: encode(after.key),
    UploadIdMarker: after.id,
    NextKeyMarker: more && ended ? encode(ended.key) : undefined,
    NextUploadIdMarker: more ? ended?.id : undefined,
    MaxUploads: limit,
    IsTruncated: more,
    Upload: uploads
      .filter(({ key }) => commonPrefix(key, prefix, delimiter) === undefined)
      .map((upload) => uploadXml(upload, encode)),
    CommonPrefixes: groups.filter((group) => group !== undefined).map((group) => ({ Prefix: encode(group) })),
  });
}

function uploadXml({ id, key, started, checksum }: Upload, encode: (text: string) => string): XmlValue {
  return {
    Key: encode(key),
    UploadId: id,
    Initiator: owner,
    Owner: owner,
    StorageClass: 'STANDARD',
    Initiated: started.toISOString(),
    ChecksumAlgorithm: checksum?.name.toUpperCase(),
    ChecksumType: checksum?.type,
  };
}

/** What comes after the marker; one of a key alone stands for all its uploads. */
function isAfter({ key, id }: { readonly key: string; readonly id: string }): (upload: Upload) => boolean {
  let passed = false;
  return (upload) => {
    const order = Buffer.compare(Buffer.from(upload.key), Buffer.from(key));
    if (order !== 0 || id === '') return order > 0;
    const isPast = passed;
    passed ||= upload.id === id;
    return isPast;
  };
}

/** What a key has in common with all those below the next delimiter; `undefined` where none follows the prefix. */
function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
}

function encoder(query: URLSearchParams): (text: string) => string {
  const encoding = query.get('encoding-type');
  if (encoding === null) return (text) => text;
  if (encoding !== 'url') throw invalidArgument('encoding-type can only be url.');
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}

function pageSize(text: string | null, name = 'max-keys'): number {
  const size = Number(text ?? 1000);
  if (!Number.isInteger(size) || size < 0) throw invalidArgument(`${name} must be a whole number.`);
  return Math.min(size, 1000);
}

function xmlAnswer(root: string, value: XmlValue): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: renderXml(root, value) };
}
