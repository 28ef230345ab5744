import { createHash } from 'node:crypto';
import { givenTags } from './about/tags.ts';
import { type Answer, type Call, describingHeaders, quoted, versionHeader } from './call.ts';
import { invalidArgument, noSuchUpload, S3Error } from './errors.ts';
import { orRemove, store } from './objects.ts';
import { type Part, type Upload, uploadHeaders } from './storage/uploads.ts';
import { checksumElements, checksumHeader, checksumType, openBody, readDocument } from './transfer/body.ts';
import { checkNamed, checkPartChecksum, checksumOfParts, readUploadChecksum } from './transfer/upload-checksums.ts';
import { childText, parseXml, renderXml, type XmlElement, type XmlValue } from './transfer/xml.ts';

// S3's bounds: 10,000 parts, each but the last at least 5 MiB.
const mostParts = 10_000;
const leastPartBytes = 5 * 1024 * 1024;

/** Begins an upload; its describing headers are those of the object to be. */
export function createMultipartUpload(call: Call): Answer {
  const checksum = readUploadChecksum(call.request.headers);
  const id = call.store.catalogue.uploads.start(call.bucket, call.key, {
    headers: { ...describingHeaders(call), ...givenTags(call) },
    checksum,
  });
  const result = { Bucket: call.bucket, Key: call.key, UploadId: id };
  return xml('InitiateMultipartUploadResult', result, checksum && uploadHeaders(checksum));
}

/** Stores one part; sent again it replaces itself. */
export async function uploadPart(call: Call): Promise<Answer> {
  const upload = uploadOf(call);
  checkPartChecksum(upload.checksum, call.request.headers);
  const body = openBody(call, upload.checksum?.name);
  const part = await storePart(call, body.bytes, () => {
    const { size, md5, checksum } = body.finish();
    return { size, etag: md5, checksum };
  });
  const { checksum } = part;
  return {
    status: 200,
    headers: { etag: quoted(part.etag), ...(checksum ? { [checksumHeader(checksum.name)]: checksum.value } : {}) },
  };
}

/** Keeps the bytes as the part that the request names; `finish` is called after the last byte. */
export async function storePart(
  call: Call,
  bytes: AsyncIterable<Uint8Array>,
  finish: () => Pick<Part, 'size' | 'etag' | 'checksum'>,
): Promise<Part> {
  const number = Number(call.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > mostParts) {
    throw invalidArgument(`Part number must be an integer between 1 and ${mostParts}.`);
  }
  const { catalogue, blobs } = call.store;
  uploadOf(call);
  const blob = await blobs.write(bytes);
  const { part, garbage } = await orRemove(call, [blob], () => {
    const part: Part = { ...finish(), number, blob, modified: new Date() };
    // It may have been aborted or completed in the meantime.
    return catalogue.transaction(() => ({ part, garbage: catalogue.uploads.putPart(uploadOf(call).id, part) }));
  });
  await blobs.remove(garbage);
  return part;
}

/** Makes the object of the parts as they lie: nothing is copied, so it takes no longer for a large one. */
export async function completeMultipartUpload(call: Call): Promise<Answer> {
  // A checksum that comes along is the object's, not the document's.
  const named = parseXml(await readDocument(call, 'unchecked'), 'CompleteMultipartUpload');
  const { uploads } = call.store.catalogue;
  const upload = uploadOf(call);
  const received = uploads.parts(upload.id);
  const parts = chooseParts(named, { received, upload });
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const promised = call.request.headers['x-amz-mp-object-size'];
  if (promised !== undefined && promised !== String(size))
    throw new S3Error(
      400,
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${promised} does not match what was computed: ${size}`,
    );
  const checksum = checksumOfParts(upload.checksum, parts, call.request.headers);
  const description = {
    size,
    etag: `${createHash('md5').update(digests).digest('hex')}-${parts.length}`,
    headers: upload.headers,
    checksum,
    segments: parts.map(({ blob, size }) => ({ blob, size })),
  };
  const object = await store(call, description, () => {
    uploads.end(upload.id);
    return received.filter((part) => !parts.includes(part)).map(({ blob }) => blob);
  });
  const result = {
    Bucket: call.bucket,
    Key: call.key,
    ETag: quoted(object.etag),
    ...checksumElements(checksum),
    ChecksumType: checksum && checksumType(checksum),
  };
  return xml('CompleteMultipartUploadResult', result, versionHeader(call, object.version));
}

/** The parts that the client names, which must be the ones we have, in order and large enough. */
function chooseParts(
  named: XmlElement,
  { received, upload }: { readonly received: readonly Part[]; readonly upload: Upload },
): Part[] {
  const algorithm = upload.checksum && `Checksum${upload.checksum.name.toUpperCase()}`;
  checkNamed(
    upload.checksum,
    named.children.map((element) => ({
      number: Number(childText(element, 'PartNumber')),
      checksum: algorithm && childText(element, algorithm),
    })),
  );
  const parts = named.children.map((element) => {
    const number = Number(childText(element, 'PartNumber'));
    const etag = childText(element, 'ETag')?.replaceAll('"', '');
    const part = received.find((candidate) => candidate.number === number);
    const { checksum } = part ?? {};
    const promised = checksum && childText(element, `Checksum${checksum.name.toUpperCase()}`);
    if (!part || part.etag !== etag || (promised !== undefined && promised !== checksum?.value)) {
      throw new S3Error(400, 'InvalidPart', `Part ${number} was not received, or has another ETag or checksum.`);
    }
    return part;
  });
  if (parts.length === 0) throw new S3Error(400, 'MalformedXML', 'Name at least one part.');
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (!next) break;
    if (next.number <= part.number) throw new S3Error(400, 'InvalidPartOrder', 'Parts must be in ascending order.');
    if (part.size < leastPartBytes) throw new S3Error(400, 'EntityTooSmall', 'Only the last part may be below 5 MiB.');
  }
  return parts;
}

/** Forgets an upload and removes its parts. */
export async function abortMultipartUpload(call: Call): Promise<Answer> {
  const { catalogue, blobs } = call.store;
  const upload = uploadOf(call);
  const garbage = catalogue.transaction(() => {
    const parts = catalogue.uploads.parts(upload.id);
    catalogue.uploads.end(upload.id);
    return parts.map(({ blob }) => blob);
  });
  await blobs.remove(garbage);
  return { status: 204 };
}

/** All parts in one answer, up to the number asked for. */
export function listParts(call: Call): Answer {
  const upload = uploadOf(call);
  const after = Number(call.query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(call.query.get('max-parts') ?? 1000), 1000);
  const rest = call.store.catalogue.uploads.parts(upload.id).filter(({ number }) => number > after);
  const page = rest.slice(0, limit);
  return xml('ListPartsResult', {
    Bucket: call.bucket,
    Key: call.key,
    UploadId: upload.id,
    PartNumberMarker: after,
    MaxParts: limit,
    IsTruncated: page.length < rest.length,
    NextPartNumberMarker: page.at(-1)?.number,
    ChecksumAlgorithm: upload.checksum?.name.toUpperCase(),
    ChecksumType: upload.checksum?.type,
    Part: page.map(({ number, size, etag, modified, checksum }) => ({
      PartNumber: number,
      LastModified: modified.toISOString(),
      ETag: quoted(etag),
      Size: size,
      ...checksumElements(checksum),
    })),
  });
}

/** The upload that the request names; throws NoSuchUpload. */
export function uploadOf(call: Call): Upload {
  const id = call.query.get('uploadId') ?? '';
  const upload = call.store.catalogue.uploads.find(id, call.bucket, call.key);
  if (!upload) throw noSuchUpload();
  return upload;
}

function xml(root: string, value: XmlValue, headers: Record<string, string> = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: renderXml(root, value) };
}
