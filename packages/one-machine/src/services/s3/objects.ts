import { givenTags, tagCount } from './about/tags.ts';
import { type Answer, type Call, describingHeaders, header, quoted, versionHeader } from './call.ts';
import { checkReadConditions, checkWriteConditions } from './conditions.ts';
import { invalidArgument, noSuchKey, S3Error } from './errors.ts';
import { partAsked, readRange } from './range.ts';
import { type Description, isVersion, type StoredObject } from './storage/catalogue.ts';
import { checksumHeader, checksumType, openBody } from './transfer/body.ts';

/** Stores the body; 200 means it is on the disk. */
export async function putObject(call: Call): Promise<Answer> {
  const headers = { ...describingHeaders(call), ...givenTags(call) };
  const body = openBody(call);
  const blob = await call.store.blobs.write(body.bytes);
  const object = await orRemove(call, [blob], () => {
    const { size, md5, checksum } = body.finish();
    return store(call, { size, etag: md5, headers, checksum, segments: [{ blob, size }] });
  });
  return {
    status: 200,
    headers: { etag: quoted(object.etag), ...versionHeader(call, object.version), ...checksumHeaders(object) },
  };
}

/** Makes the object the newest one and tells the listeners, or throws what the write conditions say. */
export async function store(call: Call, description: Description, alongside?: () => string[]): Promise<StoredObject> {
  const { catalogue, blobs } = call.store;
  const bucket = call.bucketProperties;
  const { object, garbage } = catalogue.transaction(() => {
    checkWriteConditions(call, catalogue.find(bucket.name, call.key));
    const more = alongside?.() ?? [];
    const done = catalogue.put(bucket, call.key, description);
    catalogue.outbox.add({
      bucket: bucket.name,
      key: call.key,
      size: description.size,
      etag: description.etag,
      ...(bucket.versioned ? { versionId: done.object.version } : {}),
    });
    return { object: done.object, garbage: [...done.garbage, ...more] };
  });
  catalogue.outbox.deliver();
  await blobs.remove(garbage);
  return object;
}

/** Runs what makes blobs part of the catalogue; when that fails they are removed. */
export async function orRemove<R>(call: Call, blobs: readonly string[], work: () => R | Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    await call.store.blobs.remove(blobs);
    throw error;
  }
}

/** The object, a range of it, or only its headers for HEAD. */
export function getObject(call: Call): Answer {
  const object = existing(call);
  if (checkReadConditions(call, object)) return { status: 304, headers: { etag: quoted(object.etag) } };
  const part = partAsked(call.query.get('partNumber'), header(call, 'range'), object);
  const range = part ?? readRange(header(call, 'range'), object.size);
  const { start, length } = range ?? { start: 0, length: object.size };
  const reading = call.method === 'GET' ? call.store.blobs.read(object.segments, start, length) : undefined;
  return {
    status: range ? 206 : 200,
    headers: {
      ...object.headers,
      ...overrides(call),
      'accept-ranges': 'bytes',
      'content-length': String(length),
      'last-modified': object.modified.toUTCString(),
      etag: quoted(object.etag),
      ...versionHeader(call, object.version),
      ...tagCount(object),
      ...(part?.count === undefined ? {} : { 'x-amz-mp-parts-count': String(part.count) }),
      ...(range ? { 'content-range': `bytes ${start}-${start + length - 1}/${object.size}` } : {}),
      // A checksum of the whole would be compared with the part.
      ...(!range && header(call, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' ? checksumHeaders(object) : {}),
    },
    ...(reading ? { body: reading.bytes, close: reading.close } : {}),
  };
}

/** The object, or the version, that the request names. */
export function existing(call: Call): StoredObject {
  const version = call.query.get('versionId') ?? undefined;
  if (version !== undefined && !isVersion(version)) throw invalidArgument('Invalid version id specified');
  const object = call.store.catalogue.find(call.bucket, call.key, version);
  if (!object && version) throw new S3Error(404, 'NoSuchVersion', 'The specified version does not exist.');
  if (!object) throw noSuchKey(call.key);
  if (!object.deleted) return object;
  const marker = { 'x-amz-delete-marker': 'true', ...versionHeader(call, object.version) };
  if (!version) throw noSuchKey(call.key).with(marker);
  const message = 'The specified method is not allowed against this resource.';
  throw new S3Error(405, 'MethodNotAllowed', message).with({ ...marker, allow: 'DELETE' });
}

function overrides(call: Call): Record<string, string> {
  const named = [...call.query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(named.map(([name, value]) => [name.slice('response-'.length), value]));
}

function checksumHeaders({ checksum }: StoredObject): Record<string, string> {
  return checksum
    ? { [checksumHeader(checksum.name)]: checksum.value, 'x-amz-checksum-type': checksumType(checksum) }
    : {};
}

/** What DELETE did to one key. */
export interface Deletion {
  readonly version?: string;
  readonly marker?: boolean;
}

/** Removes an object or one version; a key that isn't there is as good as removed. */
export async function deleteKey(call: Call, key: string, version: string | undefined): Promise<Deletion> {
  const { catalogue, blobs } = call.store;
  const bucket = call.bucketProperties;
  if (version) {
    const { removed, garbage } = catalogue.transaction(() => catalogue.removeVersion(bucket, key, version));
    await blobs.remove(garbage);
    return { version, ...(removed?.deleted ? { marker: true } : {}) };
  }
  const { marker, garbage } = catalogue.transaction(() => {
    checkWriteConditions(call, catalogue.find(bucket.name, key));
    return catalogue.remove(bucket, key);
  });
  await blobs.remove(garbage);
  return marker ? { version: marker.version, marker: true } : {};
}

/** One key. */
export async function deleteObject(call: Call): Promise<Answer> {
  const { version, marker } = await deleteKey(call, call.key, call.query.get('versionId') ?? undefined);
  return {
    status: 204,
    headers: {
      ...(version ? { 'x-amz-version-id': version } : {}),
      ...(marker ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  };
}
