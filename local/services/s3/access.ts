import { S3Error } from './errors.ts';
import { type Credentials, isSignedBy, type PresignedRequest, signedHeaders, signerOf } from './signature.ts';

// A week, S3's bound for what a presigned URL may ask.
const longestSeconds = 7 * 24 * 3600;
const signedParameters = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders'];

/** What each request has to show. */
export interface AccessRules {
  /** Whose presigned URLs count. */
  readonly credentials: readonly Credentials[];
  /** The operation that the request asks for. */
  readonly operation: string;
}

/**
 * Refuses what S3 would refuse: requests without a signature; presigned URLs that have expired, that nobody of here has
 * signed, or that are used for something else than they were signed for. What the SDK signs in a header is not checked:
 * it comes from processes of this machine.
 */
export function checkAccess(request: PresignedRequest, { credentials, operation }: AccessRules): void {
  const { query, headers } = request;
  if (!query.has('X-Amz-Signature')) {
    if (headers.authorization?.startsWith('AWS4-')) return;
    throw denied('The request is not signed, and no bucket here is public.');
  }
  const missing = signedParameters.filter((name) => !query.has(name));
  if (missing.length > 0) throw badQuery(`Missing ${missing.join(', ')}.`);
  const seconds = Number(query.get('X-Amz-Expires'));
  if (!(seconds >= 0 && seconds <= longestSeconds)) throw badQuery('X-Amz-Expires must be 0 to 604800 seconds.');
  if (Date.now() > signedAt(query.get('X-Amz-Date') ?? '') + seconds * 1000) throw denied('Request has expired');
  checkSignature(request, credentials);
  const meant = query.get('x-id');
  if (meant !== null && meant !== operation) throw notSigned(`The URL was signed for ${meant}, not for ${operation}.`);
}

function checkSignature(request: PresignedRequest, credentials: readonly Credentials[]): void {
  const signed = signedHeaders(request.query);
  const unsigned = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !signed.includes(name));
  if (unsigned.length > 0) throw denied(`There were headers present which were not signed: ${unsigned.join(', ')}`);
  const { accessKeyId } = signerOf(request.query);
  const signer = credentials.find((known) => known.accessKeyId === accessKeyId);
  if (!signer) throw new S3Error(403, 'InvalidAccessKeyId', 'The access key ID you provided does not exist here.');
  if (!isSignedBy(signer, request)) {
    throw notSigned('The signature does not match: method, address, parameters or signed headers are other ones.');
  }
}

/** `20261121T081500Z` in milliseconds. */
function signedAt(text: string): number {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const time = Date.parse(iso);
  if (Number.isNaN(time)) throw badQuery('X-Amz-Date must look like 20261121T081500Z.');
  return time;
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
