import { addUser } from '../../lambdas/kit/api/authentication/edit-users.ts';
import { dynamicPassword, sha256, signature, signedText } from '../../lambdas/kit/api/authentication/schemes.ts';
import { type Permission, readUsers, usersText } from '../../lambdas/kit/api/authentication/users.ts';
import { usersSecretName } from '../../local/callers/console-token.ts';
import type { Stack } from '../../local/stack.ts';

/** Who asks, with the real password. */
export interface Account {
  readonly name: string;
  readonly password: string;
}

/** A header of HTTP Basic. */
export function basicHeader(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Basic with the password of a moment: the integer form of the timestamp unless told otherwise. */
export function momentaryHeader({ name, password }: Account, timestamp: string): string {
  return basicHeader(name, dynamicPassword(password, timestamp));
}

/** HMAC-SHA256 over a request; the target is the path, with the query where there is more than `_`. */
export function signedHeader(
  { name, password }: Account,
  request: { readonly method: string; readonly target: string; readonly timestamp: string; readonly body?: string },
): string {
  const text = signedText({ ...request, bodySha256: sha256(request.body ?? '') });
  return `Millrace ${name}:${signature(password, text)}`;
}

/** Seconds since 1970, as clients send them. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** A new user of a stack in this process, who may do what every user may, and what they are given. */
export async function addAccount(
  { services: { secrets } }: Pick<Stack, 'services'>,
  name: string,
  permissions: readonly Permission[] = [],
): Promise<Account> {
  const known = readUsers(secrets.value(usersSecretName));
  const { users, shownOnce: password = '' } = addUser(known, name, { permissions });
  await secrets.put(usersSecretName, usersText(users));
  return { name, password };
}
