import { randomBytes, randomInt } from 'node:crypto';
import { ConflictError, NotFoundError, PermanentError } from '../../errors.ts';
import { anonymous } from '../authentication.ts';
import { sha256 } from './schemes.ts';
import { type Permission, permissions, tenantName, type User, type Way } from './users.ts';

/** Who owns what a schedule starts. */
export const scheduleUser = 'schedule';

/** Users after a change, and what can't be shown again: a new password or token. */
export interface Edited {
  readonly users: readonly User[];
  readonly shownOnce?: string;
}

const passwordLength = 48;
// No sign that a shell or an address would take for its own.
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

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
  if (users.some((user) => user.name === name)) throw new ConflictError(`There is a user ${name} already.`);
  if (reserved.includes(name))
    throw new PermanentError(`No user may be called ${name}: the stack itself acts under that name.`);
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
    throw new PermanentError(
      `No tenant may be called “${wrong}”: 1 to 64 letters, digits, _ . : or -, comma separated.`,
    );
  return { users: changed(users, name, { tenants: [...new Set(tenants)] }) };
}

/** Throws in words for what is none. */
export function permissionOf(text: string): Permission {
  const found = permissions.find((one) => one === text);
  if (found === undefined)
    throw new PermanentError(`There is no permission ${text}; there are ${permissions.join(' and ')}.`);
  return found;
}

/** The only ways that let the user in; without any all do. */
export function bindUser(users: readonly User[], name: string, only: readonly Way[] | undefined): Edited {
  const { only: _before, ...user } = named(users, name);
  const bound = only === undefined ? user : { ...user, only: [...only] };
  return { users: users.map((each) => (each.name === name ? bound : each)) };
}

/**
 * Another password. The one of before opens until then as well, and without `until` no longer; one before it never. Tokens
 * stay: a user has as many as are wanted beside each other.
 */
export function rotatePassword(
  users: readonly User[],
  name: string,
  { given, until }: { readonly given?: string | undefined; readonly until?: Date | undefined } = {},
): Edited {
  const { previous: _before, ...user } = named(users, name);
  const password = given ?? newPassword();
  const previous = until && { password: user.password, until: until.toISOString() };
  const rotated = { ...user, password, ...(previous ? { previous } : {}) };
  return { users: users.map((each) => (each.name === name ? rotated : each)), ...shown(given, password) };
}

/** A new token; only its digest is kept. */
export function addToken(users: readonly User[], name: string, note: string, now: Date): Edited {
  const token = randomBytes(32).toString('base64url');
  const kept = { id: `t-${randomBytes(4).toString('hex')}`, sha256: sha256(token), created: now.toISOString(), note };
  return { users: changed(users, name, { tokens: [...named(users, name).tokens, kept] }), shownOnce: token };
}

/** Without one token, by its id; of that user where one is named. */
export function revokeToken(users: readonly User[], id: string, name?: string): Edited {
  const owner = users.find((user) => (name ?? user.name) === user.name && user.tokens.some((token) => token.id === id));
  if (!owner) throw new NotFoundError(`No token has the id ${id}.`);
  return { users: changed(users, owner.name, { tokens: owner.tokens.filter((token) => token.id !== id) }) };
}

function changed(users: readonly User[], name: string, change: Partial<User>): readonly User[] {
  const before = named(users, name);
  return users.map((user) => (user === before ? { ...user, ...change } : user));
}

function named(users: readonly User[], name: string): User {
  const found = users.find((user) => user.name === name);
  if (!found)
    throw new NotFoundError(`There is no user ${name}; there are ${users.map((user) => user.name).join(', ')}.`);
  return found;
}

function newPassword(): string {
  return Array.from({ length: passwordLength }, () => letters[randomInt(letters.length)]).join('');
}

/** A password that the user chose is not repeated in the answer. */
function shown(given: string | undefined, password: string): Pick<Edited, 'shownOnce'> {
  return given === undefined ? { shownOnce: password } : {};
}
