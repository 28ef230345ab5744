import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SecretDescription } from 'one-machine/services/secrets/vault.ts';
import type { Secrets } from 'one-machine/services/secrets.ts';
import * as z from 'zod';
import { sha256 } from '../../lambdas/kit/api/authentication/schemes.ts';
import { readUsers, type User, usersText } from '../../lambdas/kit/api/authentication/users.ts';

/** The name of the users' secret on this machine. */
export const usersSecretName = 'Users';

const tokenId = 'console';

/** A Bearer token of this machine alone, kept with its secrets: what runs here needn't compute passwords. */
export const consoleToken: SecretDescription = {
  id: 'ConsoleToken',
  arn: 'arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:ConsoleToken-local0',
  generate: { length: 48, excludePunctuation: true },
};

type Holder = { readonly secrets: Pick<Secrets, 'value'> };

/** Lets the token in as the first user who may do everything; the secret of the users has its digest, as of any token. */
export async function keepConsoleToken(secrets: Pick<Secrets, 'value' | 'put'>): Promise<void> {
  const users = readUsers(secrets.value(usersSecretName));
  const digest = sha256(tokenOf({ secrets }));
  const known = users.flatMap(({ tokens }) => tokens).find(({ id }) => id === tokenId);
  const owner = firstAdmin({ secrets });
  if (known?.sha256 === digest || !owner) return;
  const token = { id: tokenId, sha256: digest, created: new Date().toISOString(), note: 'of this machine: npm start' };
  const changed = users.map((user) => {
    const others = user.tokens.filter(({ id }) => id !== tokenId);
    return { ...user, tokens: user.name === owner.name ? [...others, token] : others };
  });
  await secrets.put(usersSecretName, usersText(changed));
}

/** The token, of a stack in this process. */
export function tokenOf({ secrets }: Holder): string {
  return secrets.value(consoleToken.id);
}

/** The token of the stack that keeps its state in a folder. */
export async function keptToken(directory: string): Promise<string> {
  const file = z.looseObject({ [consoleToken.id]: z.object({ value: z.string() }) });
  const secrets = file.parse(JSON.parse(await readFile(path.join(directory, 'secrets.json'), 'utf8')));
  return z.object({ value: z.string() }).parse(secrets[consoleToken.id]).value;
}

/** Whom the stack was generated with, unless people have changed that since. */
export function firstAdmin({ secrets }: Holder): User | undefined {
  return readUsers(secrets.value(usersSecretName)).find(
    ({ disabled, permissions }) => !disabled && permissions.includes('admin'),
  );
}
