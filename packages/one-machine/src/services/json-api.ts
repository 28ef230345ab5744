import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { BodyTooLargeError, jsonCodes, SignatureError, signedBody } from '../guard/check-signature.ts';
import type { Credentials } from '../guard/credentials.ts';
import { guardServer } from '../guard/guard-server.ts';
import { listen } from './free-port.ts';
import { ServiceError } from './service-error.ts';

const contentType = 'application/x-amz-json-1.1';

/** A service that speaks AWS JSON 1.1 on the loopback address. */
export interface JsonApi {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves requests that these credentials have signed; what `answer` throws besides ServiceErrors is `internalError`. */
export async function serveJsonApi(options: {
  readonly service: string;
  readonly port?: number | undefined;
  readonly credentials: readonly Credentials[];
  readonly internalError: string;
  /** Of a request; more is refused before all of it is here. */
  readonly mostBytes: number;
  answer(headers: IncomingHttpHeaders, body: string): unknown;
}): Promise<JsonApi> {
  const { service, credentials, mostBytes } = options;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await signedBody(request, { service, credentials, mostBytes });
    const answer = await options.answer(request.headers, body.toString());
    response.writeHead(200, { 'content-type': contentType }).end(JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => sendError(response, knownError(error, options.internalError)));
  });
  guardServer(server, { credentialed: true });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function sendError(response: ServerResponse, { status, type, message }: ServiceError): void {
  response
    .writeHead(status, { 'content-type': contentType, 'x-amzn-errortype': type })
    .end(JSON.stringify({ __type: type, message }));
}

function knownError(error: unknown, internalError: string): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof SignatureError) return new ServiceError(403, jsonCodes[error.fault], error.message);
  if (error instanceof BodyTooLargeError) return new ServiceError(413, 'RequestEntityTooLargeException', error.message);
  return new ServiceError(500, internalError, String(error));
}
