import * as z from 'zod';
import { parsedJson } from '../../text/json.ts';

/** `operate`: the ledger, runs, corrections, schedules. `admin`: all of it, and what is others'. */
export const permissions = ['operate', 'admin'] as const;
export type Permission = (typeof permissions)[number];

/** For so long two passwords of one user may open: 30 days, in which every client has been met once. */
export const mostOverlapHours = 30 * 24;

const token = z.strictObject({
  /** What people call it by: the token itself is nowhere. */
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** SHA-256 of the token, lower-case hex: a token is random and long, so it can't be found from this. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.iso.datetime(),
  note: z.string().max(200).default(''),
});

/** The ways to say who calls, as `npm run users` names them. */
export const ways = ['basic', 'hmac', 'token'] as const;
export type Way = (typeof ways)[number];

/** A part of keys of objects and of messages. */
export const tenantName = /^[\w.:-]{1,64}$/;

/** A name that a user may have. */
export const userName = /^[A-Za-z0-9][\w.@-]{0,63}$/;

/** The password before the one of now, and until when it opens as well. */
const previousPassword = z.strictObject({ password: z.string().min(1).max(256), until: z.iso.datetime() });

const user = z.strictObject({
  name: z.string().regex(userName, 'A name has letters, digits and . _ @ -'),
  /** Kept as it is: MD5 and HMAC are computed from the real one. Only the secret store has it. */
  password: z.string().min(1).max(256),
  /** While clients take up the new one. */
  previous: previousPassword.optional(),
  tokens: z.array(token).default([]),
  /** Kept, and let in by nothing. */
  disabled: z.boolean().default(false),
  /** What every user may is not among them. */
  permissions: z.array(z.enum(permissions)).default([]),
  /** Whose data they work with, where data is tenants'. */
  tenants: z.array(z.string().regex(tenantName)).optional(),
  /** The only ways that let the user in; without it all do. */
  only: z.array(z.enum(ways)).min(1).optional(),
});
export type User = z.output<typeof user>;

const distinct = (names: readonly string[]) => new Set(names).size === names.length;

/** Written since permissions count; a list without it is of before. */
const version = 2;

const written = z.strictObject({ version: z.literal(version), users: z.array(user) });

/**
 * A list of the time when every user might use the whole API: they keep what they could do, until the list
 * is next written and says so itself.
 */
const before = z
  .strictObject({ users: z.array(user) })
  .transform(({ users }) => ({ version, users: users.map(asBefore) }) as const);

function asBefore(old: z.output<typeof user>): z.output<typeof user> {
  const keeps = old.permissions.includes('admin') || old.permissions.includes('operate');
  return keeps ? old : { ...old, permissions: [...old.permissions, 'operate'] };
}

/** The secret of the users: a list, or the one user that CloudFormation generates with the stack. */
const usersSecret = z
  .union([written, before, user.transform((first) => ({ version, users: [first] }) as const)])
  .refine(({ users }) => distinct(users.map(({ name }) => name)), 'Two users have one name')
  .refine(({ users }) => distinct(users.flatMap(({ tokens }) => tokens.map(({ id }) => id))), 'Two tokens have one id');

/** The secret's text. Throws in words where a name or a note is none that {@link readUsers} would take. */
export function usersText(users: readonly User[]): string {
  const list = { version, users };
  const checked = usersSecret.safeParse(list);
  if (!checked.success) throw new Error(checked.error.issues.map(({ message }) => message).join('; '));
  return JSON.stringify(list);
}

/** Reads the secret's text. Throws an error that names fields, never their values. */
export function readUsers(text: string): readonly User[] {
  const parsed = usersSecret.safeParse(parsedJson(text).value);
  if (parsed.success) return parsed.data.users;
  const places = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The secret of the users is not as it should be: ${places.join('; ')}`);
}
