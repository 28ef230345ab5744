import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Credentials } from '../../guard/credentials.ts';
import type { Signed } from './access.ts';
import { S3Error } from './errors.ts';
import type { Target } from './operation.ts';
import type { Blobs } from './storage/blobs.ts';
import type { Bucket } from './storage/bucket.ts';
import type { Catalogue } from './storage/catalogue.ts';

/** Everything that is stored. */
export interface Store {
  readonly catalogue: Catalogue;
  readonly blobs: Blobs;
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** Origins of pages that may send what the buckets' rules let pages send. */
  readonly pages: string[];
  readonly region: string;
  readonly credentials: readonly Credentials[];
}

/** One request to a bucket that exists. */
export interface Call extends Target {
  readonly bucketProperties: Bucket;
  readonly request: IncomingMessage;
  readonly store: Store;
  readonly signed: Signed;
}

/** What goes back; `close` is called in any case when the body is through or the client is gone. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  readonly close?: () => void;
}

/** What has headers: a request, or a form whose fields stand for them. */
export interface Headed {
  readonly request: { readonly headers: IncomingHttpHeaders };
}

/** A header as text; `undefined` when it isn't there. */
export function header(call: Headed, name: string): string | undefined {
  const value = call.request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

const describing = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];

/** The headers that are kept with an object and given back with it. */
export function describingHeaders(call: Headed): Record<string, string> {
  // What S3 says of an object whose sender said nothing.
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  let metadataBytes = 0;
  for (const name of Object.keys(call.request.headers)) {
    const isMetadata = name.startsWith('x-amz-meta-');
    if (!isMetadata && !describing.includes(name)) continue;
    const value = header(call, name) ?? '';
    kept[name] = value;
    if (isMetadata) metadataBytes += name.length - 'x-amz-meta-'.length + Buffer.byteLength(value, 'latin1');
  }
  // S3's bound for user metadata.
  if (metadataBytes > 2048) throw new S3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed 2 KB.');
  // aws-chunked describes the transfer, not the object.
  const encodings = (header(call, 'content-encoding') ?? '').split(',').map((encoding) => encoding.trim());
  const encoding = encodings.filter((name) => name !== '' && name !== 'aws-chunked').join(',');
  if (encoding !== '') kept['content-encoding'] = encoding;
  return kept;
}

/** ETags travel in quotes. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** Only versioned buckets tell their versions. */
export function versionHeader(call: Call, version: string): Record<string, string> {
  return call.bucketProperties.versioned ? { 'x-amz-version-id': version } : {};
}
