import { createHash, createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { otherParameters } from './timestamp.ts';

/** The password of one moment: MD5 of `{real password}@{timestamp}` in lower-case hex. What existing clients speak. */
export function dynamicPassword(realPassword: string, timestamp: string): string {
  return createHash('md5').update(`${realPassword}@${timestamp}`).digest('hex');
}

/** HMAC-SHA256 over {@link signedText}, in lower-case hex. */
export function signature(realPassword: string, text: string): string {
  return createHmac('sha256', realPassword).update(text).digest('hex');
}

/** `{METHOD}\n{path}\n{timestamp}\n{sha256 of body}`. */
export function signedText(request: {
  readonly method: string;
  readonly target: string;
  readonly timestamp: string;
  readonly bodySha256: string;
}): string {
  return [request.method, request.target, request.timestamp, request.bodySha256].join('\n');
}

/** What a request asks for: all that a signature covers. */
export interface Asked {
  readonly method: string;
  /** Percent-decoded, once: API Gateway hands it over so. */
  readonly path: string;
  /** `a=1&b=2`: the query without `_` in the order it came, names and values percent-encoded (RFC 3986); '' for none. */
  readonly query: string;
  /** Of the bytes that were sent; of none for no body. */
  readonly bodySha256: string;
}

/** Reads what a request asks for. */
export function askedOf(event: APIGatewayProxyEventV2): Asked {
  const { body = '', isBase64Encoded } = event;
  return {
    method: event.requestContext.http.method.toUpperCase(),
    path: event.rawPath,
    query: otherParameters(event)
      .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
      .join('&'),
    bodySha256: sha256(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')),
  };
}

/**
 * What a signature may cover as `{path}`, always two texts. The path with the query (`/failures?page=2`) always; the
 * path alone where nothing else is asked for in the query, or where the request only reads.
 */
export function signedTargets({ method, path, query }: Asked): readonly [string, string] {
  const whole = query === '' ? path : `${path}?${query}`;
  return [whole, changesState(method) ? whole : path];
}

/** Whether a request may change something. */
function changesState(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** In lower-case hex; text as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** As RFC 3986 has it: encodeURIComponent leaves five reserved characters alone. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
