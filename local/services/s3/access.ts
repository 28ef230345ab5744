import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from './errors.ts';

// A week, S3's bound for what a presigned URL may ask.
const longestSeconds = 7 * 24 * 3600;
const signedParameters = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders'];

/**
 * Refuses what S3 would refuse whatever the keys are: requests without a signature, presigned URLs that have expired or
 * are used for another operation. Signatures themselves are not checked: there is no account to check them against.
 */
export function checkAccess(query: URLSearchParams, headers: IncomingHttpHeaders, operation: string): void {
  if (!query.has('X-Amz-Signature')) {
    if (headers.authorization?.startsWith('AWS4-')) return;
    throw new S3Error(403, 'AccessDenied', 'The request is not signed, and no bucket here is public.');
  }
  const missing = signedParameters.filter((name) => !query.has(name));
  if (missing.length > 0) throw badQuery(`Missing ${missing.join(', ')}.`);
  const seconds = Number(query.get('X-Amz-Expires'));
  if (!(seconds >= 0 && seconds <= longestSeconds)) throw badQuery('X-Amz-Expires must be 0 to 604800 seconds.');
  if (Date.now() > signedAt(query.get('X-Amz-Date') ?? '') + seconds * 1000) {
    throw new S3Error(403, 'AccessDenied', 'Request has expired');
  }
  const meant = query.get('x-id');
  if (meant !== null && meant !== operation) {
    throw new S3Error(403, 'SignatureDoesNotMatch', `The URL was signed for ${meant}, not for ${operation}.`);
  }
}

/** `20261121T081500Z` in milliseconds. */
function signedAt(text: string): number {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const time = Date.parse(iso);
  if (Number.isNaN(time)) throw badQuery('X-Amz-Date must look like 20261121T081500Z.');
  return time;
}

function badQuery(message: string): S3Error {
  return new S3Error(400, 'AuthorizationQueryParametersError', message);
}
