import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { checkSignedBody, jsonCodes, SignatureError } from '../guard/check-signature.ts';
import type { Credentials } from '../guard/credentials.ts';
import { guardServer } from '../guard/guard-server.ts';
import type { TableReader } from './athena/duck.ts';
import { AthenaError } from './athena/errors.ts';
import { type AnalyticsModel, Executions } from './athena/executions.ts';
import { answerTo } from './athena/operations.ts';
import { listen } from './free-port.ts';

/** A running Athena: DuckDB over the objects of the tables that the template has. */
export interface Athena {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the operations that ask a question and fetch its answer; the tables and work groups are the template's. */
export async function startAthena(options: {
  readonly model: AnalyticsModel;
  readonly port?: number;
  /** Whose requests are answered. */
  readonly credentials: readonly Credentials[];
  readonly reader: TableReader;
}): Promise<Athena> {
  const executions = new Executions(options.model, options.reader);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Uint8Array[] = [];
    for await (const piece of request) pieces.push(piece as Uint8Array);
    const body = Buffer.concat(pieces);
    await checkSignedBody(request, body, { service: 'athena', credentials: options.credentials });
    const answer = answerTo(executions, request.headers, body.toString());
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => sendError(response, error));
  });
  guardServer(server, { credentialed: true });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, executions.idle()]);
    },
  };
}

/** Objects by the API of S3, wherever that is. */
export function objectsOf(s3: S3Client): TableReader {
  return {
    async *list(Bucket, Prefix) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
        for (const { Key: key = '', Size: size = 0 } of Contents) yield { key, size };
    },
    async read(Bucket, Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      if (!Body) throw new Error(`S3 sent no body for ${Key}`);
      return Body.transformToByteArray();
    },
  };
}

function sendError(response: ServerResponse, error: unknown): void {
  const known = knownError(error);
  response
    .writeHead(known.status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': known.type })
    .end(JSON.stringify({ __type: known.type, message: known.message }));
}

function knownError(error: unknown): AthenaError {
  if (error instanceof AthenaError) return error;
  if (error instanceof SignatureError) return new AthenaError(403, jsonCodes[error.fault], error.message);
  return new AthenaError(500, 'InternalServerException', String(error));
}
