import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { FastifyRequest } from 'fastify';

const account = '000000000000';
// What the gateway takes for text: forms, application/problem+json and bodies without a type are bytes to it.
const textual = /^\s*(text\/|application\/(json|xml|javascript)\s*(;|$))/i;

/** The key of the route for whatever has none. */
export const fallbackKey = '$default';

/**
 * A request as API Gateway's HTTP API hands it to Lambda.
 * Source: API Gateway Developer Guide, "Working with AWS Lambda proxy integrations for HTTP APIs", payload format 2.0.
 */
export function toGatewayEvent(request: FastifyRequest, routeKey: string): APIGatewayProxyEventV2 {
  const { rawPath, rawQueryString } = addressOf(request);
  const at = new Date();
  const { cookie, ...headers } = joined(request.raw.headers);
  const query = queryOf(rawQueryString);
  const path = routeKey === fallbackKey ? {} : pathOf(request.params as Record<string, string>, routeKey);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers: {
      ...headers,
      'x-forwarded-for': request.ip,
      'x-forwarded-port': String(request.socket.localPort ?? ''),
      'x-forwarded-proto': 'http',
    },
    ...(query ? { queryStringParameters: query } : {}),
    ...(Object.keys(path).length > 0 ? { pathParameters: path } : {}),
    requestContext: {
      accountId: account,
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.raw.httpVersion}`,
        sourceIp: request.ip,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: commonLogTime(at),
      timeEpoch: at.getTime(),
    },
    ...bodyOf(request, headers['content-type'] ?? ''),
  };
}

/** Whatever its name says: what a client encoded in a path is decoded once here, and never again. */
function addressOf({ raw }: FastifyRequest): { rawPath: string; rawQueryString: string } {
  const [asSent = '/', rawQueryString = ''] = splitOnce(raw.url ?? '/', '?');
  return { rawPath: decodeURIComponent(asSent), rawQueryString };
}

function bodyOf({ body }: FastifyRequest, type: string): { body?: string; isBase64Encoded: boolean } {
  if (!(body instanceof Buffer) || body.length === 0) return { isBase64Encoded: false };
  const isText = textual.test(type);
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

/** `{proxy+}` takes the rest of the path, which the server calls a star. */
function pathOf(parameters: Record<string, string>, routeKey: string): Record<string, string> {
  const rest = /\{(\w+)\+\}/.exec(routeKey)?.[1];
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name === '*' && rest ? rest : name, value]),
  );
}

/** `21/Nov/2026:01:02:03 +0000`, as web servers log. */
function commonLogTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function joined(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]));
}

/** Values of a repeated name are joined by commas; a plus is a space. */
function queryOf(raw: string): Record<string, string> | undefined {
  if (raw === '') return undefined;
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(raw)) {
    values[name] = name in values ? `${values[name]},${value}` : value;
  }
  return values;
}
