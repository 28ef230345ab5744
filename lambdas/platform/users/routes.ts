import * as z from 'zod';
import { momentText, pageOf, resultOf, rowId } from '#kit/api/answers.ts';
import * as edit from '#kit/api/authentication/edit-users.ts';
import { mostOverlapHours, permissions, tenantName, type User, userName, ways } from '#kit/api/authentication/users.ts';
import { authorOf, whoField } from '#kit/api/author.ts';
import { pagingParameters } from '#kit/api/paging.ts';
import { textParameter } from '#kit/api/parameters.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import { ConflictError } from '#kit/errors.ts';
import type { usersRoutes } from '../contract.ts';
import type { UserDirectory } from './change.ts';

/** Everything the user routes need. */
export interface UsersPorts {
  readonly directory: UserDirectory;
  readonly clock: Clock;
}

const text = z.string();
const noMore = z.undefined('Unknown field.');
const word = textParameter({ min: 1, max: 64 });
const path = z.object({ name: word });

const settings = {
  permissions: z.array(z.enum(permissions)).describe('What they may beyond what every user may.'),
  only: z.array(z.enum(ways)).min(1).nullable().describe('The only ways that let them in; null: all do.'),
  tenants: z.array(z.string().regex(tenantName)).describe('Whose data they work with, where data is tenants’.'),
};

const user = z
  .object({
    name: text,
    disabled: z.boolean(),
    ...settings,
    previous_password_until: momentText.nullable().describe('Until then the password of before opens as well.'),
    tokens: z.array(z.object({ id: text, created: momentText, note: text })),
  })
  .meta({ id: 'User' });

const shownOnce = resultOf(
  z.object({ name: text, secret: text.describe('The password or token: nobody can be shown it again.') }),
);
const done = resultOf(z.object({ name: text }));

const change = z
  .object({ id: rowId, changed_at: momentText, who: text, name: text, what: text, detail: text.nullable() })
  .meta({ id: 'UserChange' });

/** GET /platform/users */
const listUsers = route({
  summary: 'Lists the users with their permissions and tokens',
  permission: 'admin',
  description: 'Never a password or a token.',
  answers: { 200: resultOf(z.object({ data: z.array(user) })) },
  handle: async (_request, { directory }: UsersPorts) => ({
    status: 200,
    body: { result: { data: (await directory.list()).map(shown) } },
  }),
});

/** POST /platform/users */
const addUser = route({
  summary: 'Adds a user',
  permission: 'admin',
  description: 'With a password that is shown once. Every function knows them within a minute.',
  answers: { 200: shownOnce },
  body: z
    .object({
      name: z.string().regex(userName),
      permissions: settings.permissions.default([]),
      only: settings.only.default(null),
      tenants: settings.tenants.default([]),
      who: whoField,
    })
    .catchall(noMore),
  handle: async ({ body: { name, only, tenants, who, ...body }, caller }, { directory }: UsersPorts) => {
    const { shownOnce: secret } = await directory.change({
      who: authorOf(caller, who),
      name,
      what: 'add',
      detail: body.permissions.join(', '),
      edit(users) {
        const added = edit.addUser(users, name, { permissions: body.permissions, only: only ?? undefined });
        return tenants.length === 0 ? added : { ...added, ...edit.setTenants(added.users, name, tenants.join(',')) };
      },
    });
    return { status: 200, body: { result: { name, secret } } };
  },
});

/** PUT /platform/users/{name} */
const changeUser = route({
  summary: 'Changes what a user may, or whether they are let in',
  permission: 'admin',
  description: 'What is not given stays. Nobody can shut themselves out: that is a conflict (409).',
  answers: { 200: done },
  path,
  body: z
    .object({ disabled: z.boolean(), ...settings })
    .partial()
    .extend({ who: whoField })
    .catchall(noMore)
    .refine(({ who: _, ...given }) => Object.values(given).some((value) => value !== undefined), 'Nothing is given.'),
  handle: async ({ path: { name }, body: { who, ...given }, caller }, { directory }: UsersPorts) => {
    if (name === caller.name && (given.disabled || (given.permissions && !given.permissions.includes('admin'))))
      throw new ConflictError('Another admin must do this: nobody shuts themselves out.');
    await directory.change({
      who: authorOf(caller, who),
      name,
      what: 'change',
      detail: JSON.stringify(given),
      edit: (users) => ({ users: changed(users, name, given) }),
    });
    return { status: 200, body: { result: { name } } };
  },
});

interface Given {
  readonly disabled?: boolean | undefined;
  readonly permissions?: User['permissions'] | undefined;
  readonly only?: User['only'] | null | undefined;
  readonly tenants?: readonly string[] | undefined;
}

function changed(users: readonly User[], name: string, { disabled, permissions: may, only, tenants }: Given) {
  let after = edit.disableUser(
    users,
    name,
    disabled ?? users.find((one) => one.name === name)?.disabled ?? false,
  ).users;
  if (may)
    for (const one of permissions)
      after = (may.includes(one) ? edit.givePermission : edit.takePermission)(after, name, one).users;
  if (only !== undefined) after = edit.bindUser(after, name, only ?? undefined).users;
  if (tenants) after = edit.setTenants(after, name, tenants.join(',')).users;
  return after;
}

/** DELETE /platform/users/{name} */
const removeUser = route({
  summary: 'Removes a user with their tokens',
  permission: 'admin',
  description: 'What they made stays. Nobody can remove themselves (409).',
  answers: { 200: done },
  path,
  handle: async ({ path: { name }, caller }, { directory }: UsersPorts) => {
    if (name === caller.name) throw new ConflictError('Another admin must do this: nobody shuts themselves out.');
    const who = authorOf(caller, undefined);
    await directory.change({ who, name, what: 'remove', edit: (users) => edit.removeUser(users, name) });
    return { status: 200, body: { result: { name } } };
  },
});

/** POST /platform/users/{name}/password */
const rotatePassword = route({
  summary: 'Gives a user a new password',
  permission: 'admin',
  description:
    'It is shown once. The one of before opens as well for `overlap_hours`, and with 0 lets nobody in within a minute. ' +
    'Tokens stay.',
  answers: { 200: shownOnce },
  path,
  body: z
    .object({
      overlap_hours: z.int().min(0).max(mostOverlapHours).default(0).describe('While both passwords open.'),
      who: whoField,
    })
    .catchall(noMore)
    .prefault({}),
  handle: async ({ path: { name }, body: { overlap_hours: hours, who }, caller }, { directory, clock }: UsersPorts) => {
    const until = hours === 0 ? undefined : new Date(clock().getTime() + hours * 3_600_000);
    const { shownOnce: secret } = await directory.change({
      who: authorOf(caller, who),
      name,
      what: 'rotate',
      detail: until && `the password of before opens until ${until.toISOString()}`,
      edit: (users) => edit.rotatePassword(users, name, { until }),
    });
    return { status: 200, body: { result: { name, secret } } };
  },
});

/** POST /platform/users/{name}/tokens */
const addToken = route({
  summary: 'Gives a user a token',
  permission: 'admin',
  description: 'It is shown once; only its digest is kept.',
  answers: { 200: shownOnce },
  path,
  body: z
    .object({ note: textParameter({ max: 200 }).default(''), who: whoField })
    .catchall(noMore)
    .prefault({}),
  handle: async ({ path: { name }, body: { note, who }, caller }, { directory, clock }: UsersPorts) => {
    const { shownOnce: secret } = await directory.change({
      who: authorOf(caller, who),
      name,
      what: 'token add',
      detail: note,
      edit: (users) => edit.addToken(users, name, note, clock()),
    });
    return { status: 200, body: { result: { name, secret } } };
  },
});

/** DELETE /platform/users/{name}/tokens/{token} */
const revokeToken = route({
  summary: 'Takes a token away',
  permission: 'admin',
  answers: { 200: done },
  path: z.object({ name: word, token: word }),
  handle: async ({ path: { name, token }, caller }, { directory }: UsersPorts) => {
    await directory.change({
      who: authorOf(caller, undefined),
      name,
      what: 'token revoke',
      detail: token,
      edit: (users) => edit.revokeToken(users, token, name),
    });
    return { status: 200, body: { result: { name } } };
  },
});

/** GET /platform/user-changes */
const listChanges = route({
  summary: 'Lists what was done to users, and by whom',
  permission: 'admin',
  description: 'By this API, the newest first; what `npm run users` does stands in the log of the secret alone.',
  answers: { 200: pageOf(change) },
  query: z.object({ name: word.optional(), ...pagingParameters(50) }),
  handle: async ({ query }, { directory }: UsersPorts) => ({
    status: 200,
    body: { result: await directory.changes(query) },
  }),
});

function shown({ name, disabled, permissions: may, only, tenants = [], previous, tokens }: User) {
  const known = tokens.map(({ id, created, note }) => ({ id, created, note }));
  const previous_password_until = previous?.until ?? null;
  return { name, disabled, permissions: may, only: only ?? null, tenants, previous_password_until, tokens: known };
}

/** Users over HTTP. */
export const usersApi: Readonly<Record<(typeof usersRoutes)[number], Route<UsersPorts>>> = {
  'GET /platform/users': listUsers,
  'POST /platform/users': addUser,
  'PUT /platform/users/{name}': changeUser,
  'DELETE /platform/users/{name}': removeUser,
  'POST /platform/users/{name}/password': rotatePassword,
  'POST /platform/users/{name}/tokens': addToken,
  'DELETE /platform/users/{name}/tokens/{token}': revokeToken,
  'GET /platform/user-changes': listChanges,
};
