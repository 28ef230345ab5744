import type { Credentials } from '../guard/credentials.ts';
import { serveJsonApi } from './json-api.ts';
import { refusals } from './refusals.ts';
import { answerTo } from './secrets/operations.ts';
import { openVault, type SecretDescription } from './secrets/vault.ts';
import { ServiceError } from './service-error.ts';

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

// A secret has 65,536 bytes at most, each of which JSON may write as six.
const mostBytes = 1024 * 1024;

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

  const api = await serveJsonApi({
    service: 'secretsmanager',
    port: options.port,
    credentials: options.credentials,
    internalError: 'InternalServiceError',
    mostBytes,
    answer(headers, body) {
      if (refused.active()) throw new ServiceError(503, 'ServiceUnavailable', 'Not available for a while.');
      return answerTo(vault, headers, body);
    },
  });
  return {
    url: api.url,
    value: (id) => vault.find(id).value,
    async put(id, value) {
      await vault.put(id, value);
    },
    refuse: refused.refuse,
    stop: api.stop,
  };
}
