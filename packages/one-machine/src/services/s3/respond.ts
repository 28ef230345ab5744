import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './call.ts';
import { S3Error } from './errors.ts';
import { renderError } from './transfer/xml.ts';

/** Sends an answer; a client that goes away is not an error of ours. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, headers, body, close } = answer;
  try {
    response.writeHead(status, { ...(body === undefined ? { 'content-length': '0' } : {}), ...headers });
    if (body === undefined || request.method === 'HEAD') response.end();
    else if (typeof body === 'string') response.end(body);
    else await pipeline(Readable.from(body, { objectMode: false, highWaterMark: 512 * 1024 }), response);
  } catch (error) {
    response.destroy();
    if (!isGone(error)) throw error;
  } finally {
    close?.();
  }
}

/** What S3's people would look for; clients show both. */
export interface RequestIds {
  readonly requestId: string;
  readonly hostId: string;
}

/** The document S3 sends for an error; what we didn't foresee is logged and becomes InternalError. */
export function errorAnswer(error: unknown, request: IncomingMessage, ids: RequestIds): Answer {
  const known = error instanceof S3Error ? error : unforeseen(error, request);
  // What remains of an unread body would be taken for the next request.
  const close: Record<string, string> = request.complete ? {} : { connection: 'close' };
  const headers = { 'content-type': 'application/xml', ...close, ...known.headers };
  const [resource] = (request.url ?? '').split('?', 1);
  const { code, message, details } = known;
  const { requestId: RequestId, hostId: HostId } = ids;
  const body = renderError({ Code: code, Message: message, ...details, Resource: resource, RequestId, HostId });
  return { status: known.status, headers, body };
}

function unforeseen(error: unknown, request: IncomingMessage): S3Error {
  if (!isGone(error)) console.error(`S3 ${request.method} ${request.url}:`, error);
  return new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.');
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException)?.code;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE';
}
