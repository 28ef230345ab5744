import { createHash } from 'node:crypto';
import { checkSignature, SignatureError, unsignedHeaders } from '../../guard/check-signature.ts';
import type { Credentials } from '../../guard/credentials.ts';
import { type Claim, claimInQuery, isSignedBy, type SignedRequest, timeOf } from '../../guard/signature.ts';
import { invalidArgument, notImplemented, S3Error } from './errors.ts';

// A week, S3's bound for what a presigned URL may ask.
const longestSeconds = 7 * 24 * 3600;
// How far ahead a client's clock may be.
const aheadMs = 15 * 60_000;
const signedParameters = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders'];

/** What each request has to show. */
export interface AccessRules {
  /** Whose signatures count. */
  readonly credentials: readonly Credentials[];
  /** The operation that the request asks for. */
  readonly operation: string;
}

/** Who signed a request: the chunks of its body go on from there. */
export interface Signed {
  readonly claim: Claim;
  readonly signer: Credentials;
}

const bodies = new Set([
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
]);

/**
 * Refuses what S3 would refuse: requests without a signature, or with one that no key of this machine has made over exactly this
 * request; those whose time is past; presigned URLs that are used for something else than they were signed for. Source:
 * "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API Reference.
 */
export async function checkAccess(given: SignedRequest, rules: AccessRules): Promise<Signed> {
  const request = { ...given, path: asSigned(given.path) };
  const { query, headers } = request;
  const inQuery = query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm');
  if (inQuery && headers.authorization !== undefined)
    throw invalidArgument(
      'Only one auth mechanism allowed: the address is signed, and there is an Authorization header.',
    );
  return inQuery ? checkPresigned(request, rules) : checkHeader(request, rules);
}

/** A presigned URL of version 2 would look like an operation that isn't there. */
export function refuseOldSignature({ query }: { readonly query: URLSearchParams }): void {
  if (query.has('AWSAccessKeyId') && query.has('Signature')) throw oldSignature();
}

function oldSignature(): S3Error {
  const message = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
  return new S3Error(400, 'InvalidRequest', message);
}

async function checkHeader(request: SignedRequest, { credentials }: AccessRules): Promise<Signed> {
  const { authorization = '' } = request.headers;
  const body = request.headers['x-amz-content-sha256'] ?? hashOfNothing(request);
  if (authorization === '') throw denied('The request is not signed, and no bucket here is public.');
  if (!authorization.startsWith('AWS4-')) throw oldSignature();
  if (typeof body !== 'string')
    throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  if (!bodies.has(body) && !/^[0-9a-f]{64}$/.test(body)) {
    if (body.startsWith('STREAMING-')) throw notImplemented(`x-amz-content-sha256: ${body}`);
    throw invalidArgument('x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-... or a SHA-256 in hexadecimal.');
  }
  try {
    return await checkSignature({ ...request, payloadSha256: body }, { service: 's3', credentials });
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    const { status, code } = faults[error.fault];
    throw new S3Error(status, code, error.message);
  }
}

/** Old clients, curl 7 among them, leave the header out; that is safe where there is no body. */
function hashOfNothing({ headers }: SignedRequest): string | undefined {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody ? undefined : createHash('sha256').digest('hex');
}

const faults = {
  missing: { status: 403, code: 'AccessDenied' },
  malformed: { status: 400, code: 'AuthorizationHeaderMalformed' },
  'unknown key': { status: 403, code: 'InvalidAccessKeyId' },
  mismatch: { status: 403, code: 'SignatureDoesNotMatch' },
  skewed: { status: 403, code: 'RequestTimeTooSkewed' },
} as const;

async function checkPresigned(request: SignedRequest, { credentials, operation }: AccessRules): Promise<Signed> {
  const { query } = request;
  const missing = [...signedParameters, 'X-Amz-Signature'].filter((name) => !query.has(name));
  if (missing.length > 0) throw badQuery(`Missing ${missing.join(', ')}.`);
  const seconds = Number(query.get('X-Amz-Expires'));
  if (!(seconds >= 0 && seconds <= longestSeconds)) throw badQuery('X-Amz-Expires must be 0 to 604800 seconds.');
  const claim = claimInQuery(query);
  if (!claim) throw badQuery('The address has no whole signature of version 4: see X-Amz-Credential and X-Amz-Date.');
  if (claim.scope[2] !== 's3') throw badQuery(`The signature is for ${claim.scope[2]}, and this is s3.`);
  const at = timeOf(claim);
  if (Number.isNaN(at)) throw badQuery('X-Amz-Date must look like 20261121T081500Z.');
  if (Date.now() > at + seconds * 1000) throw denied('Request has expired');
  if (at > Date.now() + aheadMs) throw denied('Request is not valid yet');
  const unsigned = unsignedHeaders(request, claim);
  if (unsigned.length > 0) throw denied(`There were headers present which were not signed: ${unsigned.join(', ')}`);
  const signer = credentials.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (!signer) throw new S3Error(403, 'InvalidAccessKeyId', 'The access key ID you provided does not exist here.');
  const payloadSha256 = query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  if (!(await isSignedBy(signer, { ...request, claim, payloadSha256 })))
    throw notSigned('The signature does not match: method, address, parameters or signed headers are other ones.');
  const meant = query.get('x-id');
  if (meant !== null && meant !== operation) throw notSigned(`The URL was signed for ${meant}, not for ${operation}.`);
  return { claim, signer };
}

/** Clients sign a path in one spelling, whatever proxies and people make of it: percent-encoded once (RFC 3986). */
function asSigned(path: string): string {
  return path
    .split('/')
    .map((part) =>
      encodeURIComponent(decodeURIComponent(part)).replace(
        /[!'()*]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

function denied(message: string): S3Error {
  return new S3Error(403, 'AccessDenied', message);
}

function notSigned(message: string): S3Error {
  return new S3Error(403, 'SignatureDoesNotMatch', message);
}

function badQuery(message: string): S3Error {
  return new S3Error(400, 'AuthorizationQueryParametersError', message);
}
