import { addToken, addUser } from '../../lambdas/kit/api/authentication/edit-users.ts';
import { type Permission, readUsers, usersText } from '../../lambdas/kit/api/authentication/users.ts';
import { usersSecretName } from '../../local/callers/console-token.ts';
import type { Stack } from '../../local/stack.ts';
import { nowInSeconds } from '../support/credentials.ts';

/** Whoever may ask, and what they were given. `owner` is a user to whom something belongs. */
export const roles = { nobody: undefined, user: [], owner: [], operator: ['operate'], admin: ['admin'] } as const;
export type Role = keyof typeof roles;

export interface Answered {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Asks as one of the roles: `walk-owner` and so on are their users. */
export type AskAs = (role: Role, method: string, path: string, body?: unknown) => Promise<Answered>;

/** Makes a user for each role, with a token. */
export async function askAs(stack: Stack): Promise<AskAs> {
  const tokens: Partial<Record<Role, string>> = {};
  const { secrets } = stack.services;
  for (const [role, permissions] of Object.entries(roles) as [Role, readonly Permission[] | undefined][]) {
    if (permissions === undefined) continue;
    const { users } = addUser(readUsers(secrets.value(usersSecretName)), `walk-${role}`, { permissions });
    const given = addToken(users, `walk-${role}`, '', new Date());
    tokens[role] = given.shownOnce ?? '';
    await secrets.put(usersSecretName, usersText(given.users));
  }
  return async (role, method, path, body) => {
    const token = tokens[role];
    // Under /api/v1 the timestamp is looked at before anything else: who has no name sends one all the same.
    const timestamp = token === undefined ? `?_=${nowInSeconds()}` : '';
    const response = await fetch(`${stack.wiring.api?.url}${path}${timestamp}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text };
  };
}
