import Fastify, { type FastifyInstance } from 'fastify';
import { jsonCodes, requireSignature } from '../guard/check-signature.ts';
import type { Credentials } from '../guard/credentials.ts';
import { guardServer } from '../guard/guard-server.ts';
import { refusals } from '../services/refusals.ts';
import { answer } from './actions.ts';
import { RequestError } from './errors.ts';
import type { StateMachines } from './state-machines.ts';

/** The Step Functions endpoint of this machine, for `AWS_ENDPOINT_URL_SFN`. */
export interface StateMachinesServer {
  readonly url: string;
  /** Answers every request with 503 for a while, as a service having a bad day. */
  refuse(ms: number): void;
  stop(): Promise<void>;
}

const contentType = 'application/x-amz-json-1.0';

// An input of 256 KiB can double as a JSON string inside a JSON body.
const largestBodyBytes = 1024 * 1024;

/** Serves AWS JSON 1.0 on the loopback address to clients that sign with these; port 0 or none takes a free one. */
export async function serveStateMachines(
  stateMachines: StateMachines,
  { port = 0, credentials }: { port?: number; credentials: readonly Credentials[] },
): Promise<StateMachinesServer> {
  const refused = refusals();
  const server = Fastify({ bodyLimit: largestBodyBytes, forceCloseConnections: true });
  guardServer(server.server, { credentialed: true });
  const rules = { service: 'states', credentials, mostBytes: largestBodyBytes };
  requireSignature(server, rules, (reply, { fault, message }) =>
    reply
      .status(403)
      .type(contentType)
      .send(JSON.stringify({ __type: jsonCodes[fault], message })),
  );
  answerAwsJson(server, async (action, request) => {
    if (refused.active()) throw new RequestError('ServiceUnavailable', 'The service is unavailable.');
    return answer(stateMachines, action, request);
  });
  const url = await server.listen({ host: '127.0.0.1', port });
  return {
    url,
    refuse: refused.refuse,
    stop: () => server.close(),
  };
}

type Act = (action: string, request: unknown) => Promise<object>;

function answerAwsJson(server: FastifyInstance, act: Act): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(contentType, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body) || '{}'));
    } catch (error) {
      done(new RequestError('SerializationException', String(error)));
    }
  });
  server.post('/', async (request, reply) => {
    const [, action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    return reply.type(contentType).send(JSON.stringify(await act(action, request.body)));
  });
  server.setErrorHandler((error, _request, reply) => {
    const { status, code } = kindOf(error);
    const message = error instanceof Error ? error.message : String(error);
    return reply
      .status(status)
      .type(contentType)
      .send(JSON.stringify({ __type: code, message }));
  });
}

function kindOf(error: unknown): { status: number; code: string } {
  if (!(error instanceof RequestError)) return { status: 500, code: 'InternalFailure' };
  return { status: error.code === 'ServiceUnavailable' ? 503 : 400, code: error.code };
}
