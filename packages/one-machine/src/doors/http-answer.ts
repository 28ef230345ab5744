import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Invocation } from '../functions/function-host.ts';
import type { NoRoom } from '../template/model.ts';

// Lambda's limit for a synchronous answer.
const answerLimitBytes = 6 * 1024 * 1024;

const isHeader = (name: string, value: string) => {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
};

const headerText = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** What a function may answer, payload format 2.0. */
const structuredAnswer = z.object({
  // Those that end an exchange; a number as text is one.
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z
    .record(z.string(), headerText)
    .refine((headers) => Object.entries(headers).every(([name, value]) => isHeader(name, value)))
    .nullish(),
  cookies: z.array(z.string().refine((cookie) => isHeader('set-cookie', cookie))).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

// API Gateway's own words, for a function that brings none; the shortest that the header can say.
const bareNoRoom: NoRoom = {
  status: 503,
  headers: { 'retry-after': '1' },
  body: { message: 'Service Unavailable' },
};

// The gateway says itself how long a body is and how it travels.
const ownHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

/** Answers as the gateway does: what went wrong stands in the log, not in the answer. */
export function answer(
  reply: FastifyReply,
  invocation: Invocation | 'busy' | undefined,
  noRoom: NoRoom = bareNoRoom,
): FastifyReply {
  if (!invocation) return reply.code(503).send({ message: 'Service Unavailable' });
  if (invocation === 'busy') return full(reply, noRoom);
  if (!invocation.ok) {
    const busy = invocation.error.errorType === 'Lambda.TooManyRequestsException';
    return busy ? full(reply, noRoom) : internalError(reply);
  }
  const read = structuredAnswer.safeParse(structured(invocation.payload));
  if (!read.success) return internalError(reply);
  const { statusCode, headers, cookies, body: text, isBase64Encoded } = read.data;
  const body = Buffer.from(text ?? '', isBase64Encoded ? 'base64' : 'utf8');
  // A body is a text in Lambda's own JSON, where line ends and quotes take two bytes.
  if (body.length * 6 > answerLimitBytes && Buffer.byteLength(JSON.stringify(invocation.payload)) > answerLimitBytes)
    return internalError(reply);
  if (cookies) reply.header('set-cookie', cookies);
  const sent = Object.entries(headers ?? {}).filter(([name]) => !ownHeaders.has(name.toLowerCase()));
  return reply
    .code(statusCode)
    .headers({ 'content-type': 'text/plain; charset=utf-8', ...Object.fromEntries(sent) })
    .send(body);
}

function full(reply: FastifyReply, { status, headers, body }: NoRoom): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function internalError(reply: FastifyReply): FastifyReply {
  return reply.code(500).send({ message: 'Internal Server Error' });
}

/** An answer without a status is a 200 of JSON, as payload format 2.0 infers. */
function structured(payload: unknown): unknown {
  if (payload !== null && typeof payload === 'object' && 'statusCode' in payload) return payload;
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
}
