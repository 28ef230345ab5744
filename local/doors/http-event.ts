import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { FastifyRequest } from 'fastify';

const account = '000000000000';
const textual = /^(text\/|application\/(json|x-www-form-urlencoded|xml|javascript|[\w.+-]*\+(json|xml)))/i;

/**
 * A request as API Gateway's HTTP API hands it to Lambda.
 * Source: API Gateway Developer Guide, "Working with AWS Lambda proxy integrations for HTTP APIs", payload format 2.0.
 */
export function toGatewayEvent(request: FastifyRequest, routeKey: string): APIGatewayProxyEventV2 {
  const [rawPath = '/', rawQueryString = ''] = splitOnce(request.raw.url ?? '/', '?');
  const at = new Date();
  const { cookie, ...headers } = joined(request.raw.headers);
  const query = queryOf(rawQueryString);
  const path = request.params as Record<string, string>;
  const body = request.body instanceof Buffer && request.body.length > 0 ? request.body : undefined;
  const isText = textual.test(headers['content-type'] ?? 'text/plain');
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
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
      time: at.toISOString(),
      timeEpoch: at.getTime(),
    },
    ...(body ? { body: isText ? body.toString('utf8') : body.toString('base64') } : {}),
    isBase64Encoded: body !== undefined && !isText,
  };
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
