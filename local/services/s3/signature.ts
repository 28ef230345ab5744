import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whose presigned URLs count. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A presigned request as it came: the path still percent-encoded. */
export interface PresignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** `local/20261121/ap-northeast-1/s3/aws4_request`: the key's id, and the scope that it signs for. */
export function signerOf(query: URLSearchParams): { readonly accessKeyId: string; readonly scope: readonly string[] } {
  const [accessKeyId = '', ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
  return { accessKeyId, scope };
}

/**
 * Whether the URL's signature is what this secret makes of the request. Source: "Authenticating Requests: Using Query
 * Parameters (AWS Signature Version 4)" of the Amazon S3 API Reference.
 */
export function isSignedBy({ secretAccessKey }: Credentials, request: PresignedRequest): boolean {
  const { scope } = signerOf(request.query);
  const text = [
    'AWS4-HMAC-SHA256',
    request.query.get('X-Amz-Date') ?? '',
    scope.join('/'),
    createHash('sha256').update(canonicalRequest(request)).digest('hex'),
  ].join('\n');
  const key = scope.reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${secretAccessKey}`));
  const given = Buffer.from(request.query.get('X-Amz-Signature') ?? '', 'hex');
  const made = hmac(key, text);
  return given.length === made.length && timingSafeEqual(given, made);
}

function canonicalRequest({ method, path, query, headers }: PresignedRequest): string {
  const names = signedHeaders(query);
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  return [
    method,
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    parameters.join('&'),
    ...names.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    names.join(';'),
    query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/** The names that the signature covers, in lower case. */
export function signedHeaders(query: URLSearchParams): readonly string[] {
  return (query.get('X-Amz-SignedHeaders') ?? '').split(';');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** RFC 3986: encodeURIComponent leaves out five characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
