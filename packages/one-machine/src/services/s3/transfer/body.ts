import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Signed } from '../access.ts';
import { notImplemented, S3Error } from '../errors.ts';
import { type ChecksumName, checksumNames, startChecksum } from './checksums.ts';
import { chunkSignatures } from './chunk-signatures.ts';
import { decodeChunks } from './chunks.ts';

/** A request body as its bytes; `finish` is called after the last one. */
export interface Body {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Compares with everything the client promised; BadDigest or IncompleteBody when it isn't the same. */
  finish(): Received;
}

/** What was received, once it is known to be whole. */
interface Received {
  readonly size: number;
  /** Hexadecimal; S3's ETag of an object sent in one piece. */
  readonly md5: string;
  readonly checksum: StoredChecksum | undefined;
}

/** The checksum a client sent along, kept to be given back with the object. */
export interface StoredChecksum {
  readonly name: ChecksumName;
  readonly value: string;
  /** Of the checksums of the object's parts, not of its bytes. */
  readonly isComposite?: boolean;
}

/** `ChecksumCRC32` and the like, as elements of XML. */
export function checksumElements(checksum: StoredChecksum | undefined): Record<string, string> {
  return checksum ? { [`Checksum${checksum.name.toUpperCase()}`]: checksum.value } : {};
}

/** What S3 calls the two kinds of checksums. */
export function checksumType({ isComposite }: StoredChecksum): 'COMPOSITE' | 'FULL_OBJECT' {
  return isComposite ? 'COMPOSITE' : 'FULL_OBJECT';
}

interface Sent {
  readonly request: IncomingMessage;
  readonly signed: Signed;
}

/**
 * Opens the body of a request: plain, or in the signed or trailing-checksum chunks that the SDKs send. The checksum is the one
 * that was sent or, without one, `otherwise`; `unchecked` is for headers that speak of something else.
 */
export function openBody({ request, signed }: Sent, otherwise?: ChecksumName | 'unchecked'): Body {
  const trailers = new Map<string, string>();
  const headers = request.headers;
  const sent = String(headers['x-amz-content-sha256'] ?? '');
  const chunked = sent.startsWith('STREAMING-');
  const signatures = sent.startsWith('STREAMING-AWS4-') ? chunkSignatures(signed) : undefined;
  const promised = promisedLength(request, chunked);
  const name = otherwise === 'unchecked' ? undefined : (sentChecksum(headers) ?? otherwise);
  const checksum = name && startChecksum(name);
  const md5 = createHash('md5');
  const sha256 = /^[0-9a-f]{64}$/.test(String(headers['x-amz-content-sha256'])) ? createHash('sha256') : undefined;
  let size = 0;

  async function* counted() {
    for await (const bytes of chunked
      ? decodeChunks(request, { trailers, signatures })
      : (request as AsyncIterable<Uint8Array>)) {
      size += bytes.length;
      md5.update(bytes);
      sha256?.update(bytes);
      checksum?.update(bytes);
      yield bytes;
    }
  }

  function finish(): Received {
    if (size !== promised) throw new S3Error(400, 'IncompleteBody', `Expected ${promised} bytes and got ${size}.`);
    const digest = md5.digest();
    expectDigest(headers['content-md5']);
    expectSame('Content-MD5', headers['content-md5'], digest.toString('base64'));
    if (sha256 && sha256.digest('hex') !== sent)
      throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'The x-amz-content-sha256 is not that of what we received.');
    const value = checksum?.digest();
    if (name)
      expectSame(checksumHeader(name), trailers.get(checksumHeader(name)) ?? headers[checksumHeader(name)], value);
    return { size, md5: digest.toString('hex'), checksum: name && value ? { name, value } : undefined };
  }

  return { bytes: counted(), finish };
}

/** Reads a small document whole. */
export async function readDocument(call: Sent, checked?: 'unchecked'): Promise<string> {
  // A thousand keys of a kilobyte each and their markup; S3's own bound for such documents.
  const limit = 2 * 1024 * 1024;
  const body = openBody(call, checked);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body.bytes) {
    size += bytes.length;
    if (size > limit) throw new S3Error(400, 'MaxMessageLengthExceeded', 'Your request was too big.');
    pieces.push(bytes);
  }
  body.finish();
  return Buffer.concat(pieces).toString();
}

/** `x-amz-checksum-crc32` and the like. */
export function checksumHeader(name: ChecksumName): string {
  return `x-amz-checksum-${name}`;
}

// Those that say how, and not which.
const saysHow = /^x-amz-checksum-(algorithm|type|mode)$/;

/** The checksum that a request carries, before its body or after it; throws NotImplemented for one that isn't known. */
export function sentChecksum(headers: IncomingHttpHeaders): ChecksumName | undefined {
  const trailers = String(headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  const sent = [...Object.keys(headers), ...trailers].filter(
    (name) => name.startsWith('x-amz-checksum-') && !saysHow.test(name),
  );
  const unknown = sent.find((header) => !checksumNames.some((name) => checksumHeader(name) === header));
  if (unknown !== undefined) throw notImplemented(unknown);
  return checksumNames.find((name) => sent.includes(checksumHeader(name)));
}

function promisedLength(request: IncomingMessage, chunked: boolean): number {
  const header = request.headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'];
  if (header === undefined) {
    // A request without a body has neither header.
    if (!chunked && request.headers['transfer-encoding'] === undefined) return 0;
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  return Number(header);
}

/** 16 bytes in base64. */
function expectDigest(given: string | string[] | undefined): void {
  if (given === undefined || Buffer.from(String(given), 'base64').length === 16) return;
  throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
}

function expectSame(header: string, promised: string | string[] | undefined, actual: string | undefined): void {
  if (promised !== undefined && promised !== actual) {
    throw new S3Error(400, 'BadDigest', `The ${header} you specified did not match what we received.`);
  }
}
