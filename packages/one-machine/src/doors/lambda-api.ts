import Fastify, { type FastifyReply } from 'fastify';
import type { FunctionHost } from '../functions/function-host.ts';
import { jsonCodes, requireSignature } from '../guard/check-signature.ts';
import type { Credentials } from '../guard/credentials.ts';
import { guardServer } from '../guard/guard-server.ts';
import type { AsynchronousInvoker } from './asynchronous.ts';

/** The Lambda endpoint of this machine, for `AWS_ENDPOINT_URL_LAMBDA`. */
export interface LambdaApi {
  readonly url: string;
  stop(): Promise<void>;
}

export interface LambdaApiOptions {
  readonly functions: FunctionHost;
  readonly invoker: Pick<AsynchronousInvoker, 'accept'>;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whose requests are answered. */
  readonly credentials: readonly Credentials[];
}

// Lambda's quotas: 6 MB for who waits, 1 MB for who doesn't.
const largestBytes = 6 * 1024 * 1024;
const largestEventBytes = 1024 * 1024;
const throttled = 'Lambda.TooManyRequestsException';

/** Serves Invoke, and nothing else of Lambda's API. Source: Lambda API Reference, "Invoke". */
export async function startLambdaApi({ functions, invoker, port, credentials }: LambdaApiOptions): Promise<LambdaApi> {
  const server = Fastify({ bodyLimit: largestBytes, forceCloseConnections: true });
  guardServer(server.server, { credentialed: true });
  const rules = { service: 'lambda', credentials, mostBytes: largestBytes };
  requireSignature(server, rules, (reply, { fault, message }) => refuse(reply, 403, jsonCodes[fault], message));
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, String(body)));
  server.post('/2015-03-31/functions/:name/invocations', async (request, reply) => {
    const { name } = request.params as { name: string };
    const model = functions.model(decodeURIComponent(name).replace(/:\$LATEST$/, ''));
    if (!model) return refuse(reply, 404, 'ResourceNotFoundException', `Function not found: ${name}`);
    const text = String(request.body ?? '') || '{}';
    let event: unknown;
    try {
      event = JSON.parse(text);
    } catch (error) {
      return refuse(reply, 400, 'InvalidRequestContentException', `Could not parse request body into json: ${error}`);
    }
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'DryRun') return reply.status(204).send();
    if (type === 'Event') {
      if (Buffer.byteLength(text) > largestEventBytes)
        return refuse(reply, 413, 'RequestTooLargeException', `${largestEventBytes} byte payload is too large`);
      const { requestId } = invoker.accept(model.arn, event);
      return reply.status(202).header('x-amzn-requestid', requestId).send();
    }
    const invocation = await functions.invoke(model.arn, event);
    if (!invocation.ok && invocation.error.errorType === throttled)
      return refuse(reply, 429, 'TooManyRequestsException', invocation.error.errorMessage);
    reply.header('x-amzn-requestid', invocation.requestId).header('x-amz-executed-version', '$LATEST');
    if (invocation.ok) return reply.type('application/json').send(JSON.stringify(invocation.payload) ?? 'null');
    const unhandled = reply.header('x-amz-function-error', 'Unhandled').type('application/json');
    return unhandled.send(JSON.stringify(invocation.error));
  });
  const url = await server.listen({ host: '127.0.0.1', port });
  return { url, stop: () => server.close() };
}

function refuse(reply: FastifyReply, status: number, code: string, message: string) {
  return reply.status(status).header('x-amzn-errortype', code).type('application/json').send({ message });
}
