import { randomBytes } from 'node:crypto';
import { sha256 } from '../../lambdas/kit/api/authentication/schemes.ts';
import {
  type Permission,
  permissions,
  tenantName,
  type User,
  type Way,
} from '../../lambdas/kit/api/authentication/users.ts';
import { anonymous } from '../../lambdas/kit/api/authentication.ts';
import { scheduleUser } from '../../lambdas/tasks/contract.ts';
import { generate } from '../services/secrets/generate.ts';

/** Users after a change, and what nobody can be shown again: a new password or token. */
export interface Edited {
  readonly users: readonly User[];
  readonly shownOnce?: string;
}

const passwordLength = 48;

// Under a name of these a user would own what the stack does by itself, or be taken for it where a change has its author.
const reserved: readonly string[] = [scheduleUser, anonymous.name, 'link', 'file', 'keeper', 'replay'];

/** A new user, with a generated password unless a client has one already. Throws in words when the name is taken. */
export function addUser(
  users: readonly User[],
  name: string,
  given: {
    readonly password?: string | undefined;
    readonly permissions?: readonly Permission[];
    readonly only?: readonly Way[] | undefined;
  },
): Edited {
  if (users.some((user) => user.name === name)) throw new Error(`There is a user ${name} already.`);
  if (reserved.includes(name)) throw new Error(`No user may be called ${name}: the stack itself acts under that name.`);
  const password = given.password ?? newPassword();
  const only = given.only === undefined ? {} : { only: [...given.only] };
  const user = { name, password, tokens: [], disabled: false, permissions: [...(given.permissions ?? [])], ...only };
  return { users: [...users, user], ...shown(given.password, password) };
}

/** Without the user and their tokens. */
export function removeUser(users: readonly User[], name: string): Edited {
  named(users, name);
  return { users: users.filter((user) => user.name !== name) };
}

/** The user stays and is let in by nothing, or by everything again. */
export function disableUser(users: readonly User[], name: string, disabled: boolean): Edited {
  return { users: changed(users, name, { disabled }) };
}

/** With one permission more. */
export function givePermission(users: readonly User[], name: string, permission: string): Edited {
  const others = named(users, name).permissions.filter((one) => one !== permission);
  return { users: changed(users, name, { permissions: [...others, permissionOf(permission)] }) };
}

/** With one permission less. */
export function takePermission(users: readonly User[], name: string, permission: string): Edited {
  const taken = permissionOf(permission);
  return {
    users: changed(users, name, { permissions: named(users, name).permissions.filter((one) => one !== taken) }),
  };
}

/** Whose data the user works with, where data is tenants'; none takes all of them away. */
export function setTenants(users: readonly User[], name: string, list: string): Edited {
  const tenants = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const wrong = tenants.find((tenant) => !tenantName.test(tenant));
  if (wrong !== undefined)
    throw new Error(`No tenant may be called “${wrong}”: 1 to 64 letters, digits, _ . : or -, comma separated.`);
  return { users: changed(users, name, { tenants: [...new Set(tenants)] }) };
}

/** Throws in words for what is none. */
export function permissionOf(text: string): Permission {
  const found = permissions.find((one) => one === text);
  if (found === undefined) throw new Error(`There is no permission ${text}; there are ${permissions.join(' and ')}.`);
  return found;
}

/** The only ways that let the user in; without any all do. */
export function bindUser(users: readonly User[], name: string, only: readonly Way[] | undefined): Edited {
  const { only: _before, ...user } = named(users, name);
  const bound = only === undefined ? user : { ...user, only: [...only] };
  return { users: users.map((each) => (each.name === name ? bound : each)) };
}

/** Another password; the one of before lets nobody in. Tokens stay. */
export function rotatePassword(users: readonly User[], name: string, given?: string): Edited {
  const password = given ?? newPassword();
  return { users: changed(users, name, { password }), ...shown(given, password) };
}

/** A new token; only its digest is kept. */
export function addToken(users: readonly User[], name: string, note: string, now: Date): Edited {
  const token = randomBytes(32).toString('base64url');
  const kept = { id: `t-${randomBytes(4).toString('hex')}`, sha256: sha256(token), created: now.toISOString(), note };
  return { users: changed(users, name, { tokens: [...named(users, name).tokens, kept] }), shownOnce: token };
}

/** Without one token, by its id. */
export function revokeToken(users: readonly User[], id: string): Edited {
  const owner = users.find(({ tokens }) => tokens.some((token) => token.id === id));
  if (!owner) throw new Error(`No token has the id ${id}; npm run users -- list tells them.`);
  return { users: changed(users, owner.name, { tokens: owner.tokens.filter((token) => token.id !== id) }) };
}

function changed(users: readonly User[], name: string, change: Partial<User>): readonly User[] {
  const before = named(users, name);
  return users.map((user) => (user === before ? { ...user, ...change } : user));
}

function named(users: readonly User[], name: string): User {
  const found = users.find((user) => user.name === name);
  if (!found) throw new Error(`There is no user ${name}; there are ${users.map((user) => user.name).join(', ')}.`);
  return found;
}

function newPassword(): string {
  return generate({ length: passwordLength, excludePunctuation: true });
}

/** A password that somebody brought is theirs: it is not repeated. */
function shown(given: string | undefined, password: string): Pick<Edited, 'shownOnce'> {
  return given === undefined ? { shownOnce: password } : {};
}
