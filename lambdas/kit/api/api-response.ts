import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { correlationHeader } from '../correlation.ts';
import {
  BodyTooLargeError,
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NoRoomError,
  NotFoundError,
  PermanentError,
  RequestExpiredError,
  ThrottledError,
  TooManyRequestsError,
  UnauthorizedError,
  UnavailableError,
} from '../errors.ts';
import { challenge } from './authentication/credential.ts';

/** What a route answers: a status and a body that becomes JSON; text and bytes with a content type of their own stay as they are. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A failure without codes of its own. */
export interface Problem extends ApiAnswer {
  readonly body: { readonly error: string; readonly message: unknown };
}

/** Aurora needs 15 to 30 s to wake from its pause. */
const wakeSeconds = 30;

// The shortest that the header can say: a place is free again within a request's time.
const roomSeconds = 1;

/** The answer an error becomes; `undefined` for one that is our own fault. No stack and no SQL leaves. */
export function answerOf(error: unknown): Problem | undefined {
  if (error instanceof InvalidInputError) return problem(400, 'Bad Request', error.faults);
  if (error instanceof UnauthorizedError || error instanceof RequestExpiredError) {
    return { ...problem(401, 'Unauthorized', error.message), headers: { 'www-authenticate': challenge } };
  }
  if (error instanceof ForbiddenError) return problem(403, 'Forbidden', error.message);
  if (error instanceof NotFoundError) return problem(404, 'Not Found', error.message);
  if (error instanceof BodyTooLargeError) return problem(413, 'Content Too Large', error.message);
  if (error instanceof ConflictError) return problem(409, 'Conflict', error.message);
  if (error instanceof PermanentError) return problem(400, 'Bad Request', error.message);
  if (error instanceof ThrottledError)
    return { ...problem(429, 'Too Many Requests', error.message), ...retryOf(error) };
  if (error instanceof UnavailableError) {
    const waking = problem(
      503,
      'Service Unavailable',
      'The database is not reachable at the moment. Try again shortly.',
    );
    return { ...waking, headers: { 'retry-after': String(wakeSeconds) } };
  }
  if (error instanceof NoRoomError) {
    const full = problem(503, 'Service Unavailable', error.message);
    return { ...full, headers: { 'retry-after': String(roomSeconds) } };
  }
  return undefined;
}

function retryOf(error: ThrottledError): Pick<ApiAnswer, 'headers'> {
  if (!(error instanceof TooManyRequestsError)) return {};
  return { headers: { 'retry-after': String(error.retryAfterSeconds) } };
}

/** How an API words what its routes answered and what failed. */
export interface Envelope {
  /** A route's own answer as callers get it. */
  readonly wrap: (answer: ApiAnswer) => ApiAnswer;
  /** The answer an error becomes; `undefined` for one that is our own fault. */
  readonly failure: (error: unknown) => ApiAnswer | undefined;
  /** The answer to our own fault: it says how to find the reason in the log, and nothing of it. */
  readonly fault: (requestId: string) => ApiAnswer;
  /** Leaves alone what of a query no route knows: clients of old send some. @default 400, with its name */
  readonly ignoresUnknownParameters?: boolean;
}

/** Answers as they are; failures as `{"error", "message"}`. */
export const plainEnvelope: Envelope = {
  wrap: (answer) => answer,
  failure: answerOf,
  fault: () =>
    problem(500, 'Internal Server Error', 'The request failed; its x-request-id finds the reason in the log.'),
};

/** The same for pages and probes, whose browsers and monitors ask with whatever they please. */
export const openEnvelope: Envelope = { ...plainEnvelope, ignoresUnknownParameters: true };

/** The body every failure has: `{"error": "Not Found", "message": "Deal id 9 doesn't exist."}`. */
export function problem(status: number, error: string, message: unknown): Problem {
  return { status, body: { error, message } };
}

/**
 * An answer in API Gateway's payload format 2.0, with the ids that find it and what came of it in the logs. Throws
 * {@link PermanentError} for one that Lambda would not hand on: API Gateway would answer 500 without a word.
 */
export function toGateway(
  answer: ApiAnswer,
  ids: { readonly requestId: string; readonly correlationId: string },
): APIGatewayProxyStructuredResultV2 {
  const body = bodyOf(answer);
  refuseTooLarge(body.body ?? '');
  return {
    statusCode: answer.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': ids.requestId,
      [correlationHeader]: ids.correlationId,
      ...answer.headers,
    },
    ...body,
  };
}

// Lambda's quota for a synchronous answer is 6 MB, of which the rest is for status and headers.
const largestBytes = 6 * 1024 * 1024 - 16 * 1024;

function refuseTooLarge(body: string): void {
  // The body is a text in Lambda's own JSON: a character takes six bytes there at most.
  if (body.length * 6 <= largestBytes) return;
  const bytes = Buffer.byteLength(JSON.stringify(body));
  if (bytes <= largestBytes) return;
  const rows = 'Ask for fewer rows with length, or for one by its id.';
  throw new PermanentError(`The answer has ${bytes} bytes, and at most ${largestBytes} can be sent. ${rows}`);
}

function bodyOf({ body, headers }: ApiAnswer): Pick<APIGatewayProxyStructuredResultV2, 'body' | 'isBase64Encoded'> {
  if (headers?.['content-type'] !== undefined) {
    if (typeof body === 'string') return { body };
    if (body instanceof Uint8Array) return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  }
  return { body: JSON.stringify(body) };
}
