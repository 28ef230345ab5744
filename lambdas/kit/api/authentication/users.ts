import * as z from 'zod';

/**
 * `admin`: acts for others, where a route belongs to the user who made what it is about. Everybody who has a name may use
 * the rest of the API.
 */
const permission = z.enum(['admin']);
export type Permission = z.output<typeof permission>;

const token = z.strictObject({
  /** What people call it by: the token itself is nowhere. */
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** SHA-256 of the token, lower-case hex: a token is random and long, so that nobody finds it from this. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.iso.datetime(),
  note: z.string().max(200).default(''),
});

/** The ways to say who calls, as `npm run users` names them. */
export const ways = ['basic', 'hmac', 'token'] as const;
export type Way = (typeof ways)[number];

const user = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.@-]{0,63}$/, 'A name has letters, digits and . _ @ -'),
  /** Kept as it is: MD5 and HMAC are computed from the real one. Only the secret store has it. */
  password: z.string().min(1).max(256),
  tokens: z.array(token).default([]),
  /** Kept, and let in by nothing. */
  disabled: z.boolean().default(false),
  permissions: z.array(permission).default([]),
  /** The only ways that let the user in; without it all do. */
  only: z.array(z.enum(ways)).min(1).optional(),
});
export type User = z.output<typeof user>;

const distinct = (names: readonly string[]) => new Set(names).size === names.length;

/** The secret of the users: a list, or the one user that CloudFormation generates with the stack. */
export const usersSecret = z
  .union([z.strictObject({ users: z.array(user) }), user.transform((first) => ({ users: [first] }))])
  .refine(({ users }) => distinct(users.map(({ name }) => name)), 'Two users have one name')
  .refine(({ users }) => distinct(users.flatMap(({ tokens }) => tokens.map(({ id }) => id))), 'Two tokens have one id');

/** Reads the secret's text. Throws an error that names fields, never their values. */
export function readUsers(text: string): readonly User[] {
  const parsed = usersSecret.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data.users;
  const places = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The secret of the users is not as it should be: ${places.join('; ')}`);
}

/** A parser's message would quote the secret. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
