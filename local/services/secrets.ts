import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { checkSignedBody, jsonCodes, SignatureError } from '../guard/check-signature.ts';
import type { Credentials } from '../guard/credentials.ts';
import { guardServer } from '../guard/guard-server.ts';
import { listen } from './free-port.ts';
import { refusals } from './refusals.ts';
import { SecretsError } from './secrets/errors.ts';
import { answerTo } from './secrets/operations.ts';
import { openVault, type SecretDescription } from './secrets/vault.ts';

export type { SecretDescription } from './secrets/vault.ts';

/** A running Secrets Manager. */
export interface Secrets {
  readonly url: string;
  /** The current value, by name or ARN; throws for a secret the template doesn't have. */
  value(id: string): string;
  /** Replaces a value; resolves when it is in the file. */
  put(id: string, value: string): Promise<void>;
  /** Answers 503 for this long. */
  refuse(milliseconds: number): void;
  stop(): Promise<void>;
}

/**
 * Serves the secrets of the template from one file that only its owner may read. Values are generated once and kept;
 * one that is given wins over what the file holds.
 */
export async function startSecrets(options: {
  file: string;
  port?: number;
  secrets: readonly SecretDescription[];
  /** Whose requests are answered. */
  credentials: readonly Credentials[];
}): Promise<Secrets> {
  const vault = await openVault(options.file, options.secrets);
  const refused = refusals();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Uint8Array[] = [];
    for await (const piece of request) pieces.push(piece as Uint8Array);
    const body = Buffer.concat(pieces);
    await checkSignedBody(request, body, { service: 'secretsmanager', credentials: options.credentials });
    if (refused.active()) throw new SecretsError(503, 'ServiceUnavailable', 'Not available for a while.');
    const answer = await answerTo(vault, request.headers, body.toString());
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => sendError(response, error));
  });
  guardServer(server, { credentialed: true });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    value: (id) => vault.find(id).value,
    async put(id, value) {
      await vault.put(id, value);
    },
    refuse: refused.refuse,
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function sendError(response: ServerResponse, error: unknown): void {
  const known = knownError(error);
  response
    .writeHead(known.status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': known.type })
    .end(JSON.stringify({ __type: known.type, message: known.message }));
}

function knownError(error: unknown): SecretsError {
  if (error instanceof SecretsError) return error;
  if (error instanceof SignatureError) return new SecretsError(403, jsonCodes[error.fault], error.message);
  return new SecretsError(500, 'InternalServiceError', String(error));
}
