import type { ServerResponse } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { FunctionHost } from '../functions/function-host.ts';
import { guardServer } from '../guard/guard-server.ts';
import type { HttpApiModel } from '../template/model.ts';
import { answer } from './http-answer.ts';
import { fallbackKey, toGatewayEvent } from './http-event.ts';
import { placesOf } from './http-places.ts';

export interface HttpApi {
  readonly url: string;
  stop(): Promise<void>;
}

// Quotas of HTTP APIs: 10,240 bytes of request line and headers, 10 MB payload, 30 s for an integration.
const headLimitBytes = 10_240;
const payloadLimitBytes = 10 * 1024 * 1024;
const integrationTimeoutMs = 30_000;

// Its own words, whatever the server here would say.
const gatewayWords: Readonly<Record<number, string>> = { 400: 'Bad Request', 413: 'Request Too Long' };

interface HttpApiOptions {
  readonly api: HttpApiModel;
  readonly functions: FunctionHost;
  readonly port: number;
  /** How long a request waits for a place of its function. @default a few seconds */
  readonly placeWaitMs?: number;
  /** Told of each answer, for the log. */
  readonly onAnswer?: (line: string) => void;
}

/** Serves the template's routes as API Gateway's HTTP API does, payload format 2.0 and its own error answers included. */
export async function startHttpApi(options: HttpApiOptions): Promise<HttpApi> {
  const server = fastify({
    bodyLimit: payloadLimitBytes,
    // A shorter bound would answer "Not Found" to a path that API Gateway hands on.
    routerOptions: { caseSensitive: true, maxParamLength: headLimitBytes },
    frameworkErrors: (_error, _request, reply) => refuse(reply.raw),
  });
  guardServer(server.server, { credentialed: true, origins: options.api.cors?.origins ?? [] });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // What a body says it is, is its function's affair; fastify would refuse some of it.
  server.addHook('onRequest', async (request) => {
    if (request.headers['content-type'] !== undefined) request.headers = { 'content-type': 'application/octet-stream' };
  });
  const invokeInPlace = placesOf(options.functions, options.placeWaitMs);
  const invoke = async (functionArn: string, key: string, request: FastifyRequest, reply: FastifyReply) =>
    answer(
      reply,
      await withTimeout(invokeInPlace(functionArn, toGatewayEvent(request, key))),
      options.functions.model(functionArn)?.noRoom,
    );
  const fallback = options.api.routes.find(({ key }) => key === fallbackKey);
  server.setNotFoundHandler((request, reply) =>
    fallback
      ? invoke(fallback.functionArn, fallbackKey, request, reply)
      : reply.code(404).send({ message: 'Not Found' }),
  );
  server.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const { statusCode = 500 } = error;
    return reply.code(statusCode).send({ message: gatewayWords[statusCode] ?? 'Internal Server Error' });
  });
  server.addHook('onResponse', async (request, { statusCode, elapsedTime }) =>
    options.onAnswer?.(`${request.method} ${loggedPath(request)} ${statusCode} in ${Math.round(elapsedTime)} ms`),
  );
  allowOrigins(server, options.api.cors);
  for (const { key, functionArn } of options.api.routes) {
    if (key === fallbackKey) continue;
    const [method = '', path = ''] = key.split(' ');
    server.route({
      method: method === 'ANY' ? ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] : method,
      url: path.replaceAll(/\{(\w+)\+\}/g, '*').replaceAll(/\{(\w+)\}/g, ':$1'),
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const taking = takenBy({ key, functionArn }, options.api.routes, request);
        return taking ? invoke(taking.functionArn, taking.key, request, reply) : reply.callNotFound();
      },
    });
  }
  const url = await server.listen({ host: '127.0.0.1', port: options.port });
  return { url, stop: () => server.close() };
}

/** Without the query, and without whose a route is: what people search for, and who they are, is nobody's business in a log. */
function loggedPath({ raw, params, routeOptions: { url } }: FastifyRequest): string | undefined {
  const isOfUser = Object.keys((params ?? {}) as object).includes('user_id');
  return isOfUser ? url : raw.url?.split('?')[0];
}

type Taking = Pick<HttpApiModel['routes'][number], 'key' | 'functionArn'>;

/** A path parameter holds something: a path without it is the next greedy route's, if there is one. */
function takenBy(matched: Taking, routes: readonly Taking[], request: FastifyRequest): Taking | undefined {
  const isWhole = !Object.values(request.params as Record<string, string>).includes('');
  return isWhole ? matched : routes.find(({ key }) => takesRest(key, request));
}

/** Whether a route is `ANY` or of that method, and its `{proxy+}` begins before the last slash of the path. */
function takesRest(key: string, { method, raw }: FastifyRequest): boolean {
  const [of = '', path = ''] = key.split(' ');
  const prefix = /^(.*)\{\w+\+\}$/.exec(path)?.[1];
  const asked = raw.url?.split('?', 1)[0] ?? '';
  return prefix !== undefined && (of === 'ANY' || of === method) && asked.startsWith(prefix) && asked !== prefix;
}

/** A target that is no URL: nothing of fastify has it yet. */
function refuse(response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ message: 'Bad Request' }));
}

function allowOrigins(server: FastifyInstance, cors: HttpApiModel['cors']): void {
  if (!cors) return;
  server.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !(cors.origins.includes('*') || cors.origins.includes(origin))) return;
    reply.header('access-control-allow-origin', cors.origins.includes('*') ? '*' : origin);
    if (request.method !== 'OPTIONS') return;
    reply.header('access-control-allow-methods', cors.methods.join(','));
    reply.header('access-control-allow-headers', cors.headers.join(','));
    await reply.code(204).send();
  });
}

async function withTimeout<T>(invocation: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), integrationTimeoutMs);
  });
  try {
    return await Promise.race([invocation, late]);
  } finally {
    clearTimeout(timer);
  }
}
