import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { getCanonicalHeaders, getSigningKey, SignatureV4Base } from '@smithy/signature-v4';
import type { Credentials } from './credentials.ts';

/** What a signature claims: whose it is, over what, and when it was made. */
export interface Claim {
  readonly accessKeyId: string;
  /** `20261121T081500Z`. */
  readonly date: string;
  /** Day, region, service, `aws4_request`. */
  readonly scope: readonly string[];
  /** In lower case. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** A request as it came: the path still percent-encoded. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** Reads `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`; `undefined` where it isn't one. */
export function claimInHeader({ authorization = '', ...headers }: IncomingHttpHeaders): Claim | undefined {
  if (!authorization.startsWith(`${algorithm} `)) return undefined;
  const parts = new Map(
    authorization
      .slice(algorithm.length)
      .split(',')
      .map((part) => part.trim().split(/=(.*)/s, 2) as [string, string]),
  );
  return claimOf({
    credential: parts.get('Credential'),
    signedHeaders: parts.get('SignedHeaders'),
    signature: parts.get('Signature'),
    date: one(headers['x-amz-date']),
  });
}

/** The same of a presigned URL. */
export function claimInQuery(query: URLSearchParams): Claim | undefined {
  if (query.get('X-Amz-Algorithm') !== algorithm) return undefined;
  return claimOf({
    credential: query.get('X-Amz-Credential'),
    signedHeaders: query.get('X-Amz-SignedHeaders'),
    signature: query.get('X-Amz-Signature'),
    date: query.get('X-Amz-Date'),
  });
}

/** The same of a form's fields, which sign no headers. */
export function claimInForm(fields: ReadonlyMap<string, string>): Claim | undefined {
  if (fields.get('x-amz-algorithm') !== algorithm) return undefined;
  return claimOf({
    credential: fields.get('x-amz-credential'),
    signedHeaders: 'none',
    signature: fields.get('x-amz-signature'),
    date: fields.get('x-amz-date'),
  });
}

type Claimed = Readonly<Record<'credential' | 'signedHeaders' | 'signature' | 'date', string | null | undefined>>;

function claimOf({ credential, signedHeaders, signature, date }: Claimed): Claim | undefined {
  // A key's id may have slashes, the scope has four parts.
  const [, accessKeyId, scope = ''] = /^(.+)\/(\d{8}\/[^/]+\/[^/]+\/aws4_request)$/.exec(credential ?? '') ?? [];
  if (!accessKeyId || !signedHeaders || !/^[0-9a-f]{64}$/.test(signature ?? '')) return undefined;
  if (!/^\d{8}T\d{6}Z$/.test(date ?? '') || !date?.startsWith(scope.slice(0, 8))) return undefined;
  const names = signedHeaders.toLowerCase().split(';');
  return { accessKeyId, date, scope: scope.split('/'), signedHeaders: names, signature: signature ?? '' };
}

/** `20261121T081500Z` in milliseconds; NaN for a day that there isn't. */
export function timeOf({ date }: Claim): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Whether the claim's signature is what these credentials make of the request. */
export async function isSignedBy(
  credentials: Credentials,
  request: SignedRequest & { readonly claim: Claim; readonly payloadSha256: string },
): Promise<boolean> {
  const made = await new Recomputation(credentials, request.claim).signatureOf(request, request.payloadSha256);
  return sameText(made, request.claim.signature);
}

/** Signs what follows the first signature of a request: the chunks of a body that is sent in signed chunks. */
export async function signedText(credentials: Credentials, claim: Claim, lines: readonly string[]): Promise<string> {
  const key = await signingKey(credentials, claim);
  const [kind = '', ...rest] = lines;
  return createHmac('sha256', key)
    .update([kind, claim.date, claim.scope.join('/'), ...rest].join('\n'))
    .digest('hex');
}

/** In a time that tells nothing of where they differ. */
export function sameText(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** The SDK's own canonical request and text to sign, over exactly the headers that a client says it signed. */
class Recomputation extends SignatureV4Base {
  readonly #credentials: Credentials;
  readonly #claim: Claim;

  constructor(credentials: Credentials, claim: Claim) {
    const [, region = '', service = ''] = claim.scope;
    // S3 alone signs the path as it is sent; the others escape it once more.
    super({ service, region, credentials, sha256: Sha256, uriEscapePath: service !== 's3' });
    this.#credentials = credentials;
    this.#claim = claim;
  }

  async signatureOf({ method, path, query, headers }: SignedRequest, payloadSha256: string): Promise<string> {
    const { signedHeaders, date, scope } = this.#claim;
    const signed = Object.fromEntries(signedHeaders.map((name) => [name, one(headers[name]) ?? '']));
    const request = {
      protocol: 'http:',
      hostname: '',
      method,
      path,
      headers: signed,
      query: Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)])),
    };
    const canonical = getCanonicalHeaders(request, undefined, new Set(signedHeaders));
    const text = await this.createStringToSign(
      date,
      scope.join('/'),
      this.createCanonicalRequest(request, canonical, payloadSha256),
      algorithm,
    );
    return createHmac('sha256', await signingKey(this.#credentials, this.#claim))
      .update(text)
      .digest('hex');
  }
}

/** The key that signs on a day, in a region, for a service. */
export function signingKey(credentials: Credentials, { scope }: Claim): Promise<Uint8Array> {
  const [day = '', region = '', service = ''] = scope;
  return getSigningKey(Sha256, credentials, day, region, service);
}

/** Node's own hash in the form that the SDK asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
