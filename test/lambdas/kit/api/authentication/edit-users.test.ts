import { expect, test } from 'vitest';
import * as edit from '../../../../../lambdas/kit/api/authentication/edit-users.ts';
import { sha256 } from '../../../../../lambdas/kit/api/authentication/schemes.ts';
import { readUsers, usersText } from '../../../../../lambdas/kit/api/authentication/users.ts';

const now = new Date('2026-11-21T08:00:00Z');
const users = readUsers('{"name":"admin","permissions":["admin"],"password":"first"}');

test('a new user gets a generated password, shown once, and may do what everybody may', () => {
  const { users: after, shownOnce } = edit.addUser(users, 'mei', {});

  expect(shownOnce).toMatch(/^\w{48}$/);
  expect(after).toEqual([...users, { name: 'mei', password: shownOnce, tokens: [], disabled: false, permissions: [] }]);
});

test('a password that a client has already is taken and not repeated', () => {
  expect(edit.addUser(users, 'mei', { password: 's3cret', permissions: ['admin'] })).toEqual({
    users: [...users, { name: 'mei', password: 's3cret', tokens: [], disabled: false, permissions: ['admin'] }],
  });
  expect(edit.rotatePassword(users, 'admin', { given: 's3cret' })).toEqual({
    users: [{ ...users[0], password: 's3cret' }],
  });
});

test('a token is shown once and kept as its digest', () => {
  const { users: after, shownOnce = '' } = edit.addToken(users, 'admin', 'laptop', now);
  const [token] = after[0]?.tokens ?? [];

  expect(token).toEqual({
    id: expect.stringMatching(/^t-[0-9a-f]{8}$/),
    sha256: sha256(shownOnce),
    created: now.toISOString(),
    note: 'laptop',
  });
  expect(readUsers(usersText(after))).toEqual(after);
  expect(edit.revokeToken(after, token?.id ?? '').users).toEqual(users);
});

test('permissions are given and taken one by one', () => {
  const { users: before } = edit.addUser(users, 'mei', {});
  const of = ({ users: after }: edit.Edited) => after.map(({ permissions }) => permissions);
  const { users: given } = edit.givePermission(before, 'mei', 'operate');

  expect(of({ users: given })).toEqual([['admin'], ['operate']]);
  expect(of(edit.givePermission(given, 'mei', 'operate'))).toEqual([['admin'], ['operate']]);
  expect(of(edit.givePermission(given, 'mei', 'admin'))).toEqual([['admin'], ['operate', 'admin']]);
  expect(edit.takePermission(given, 'mei', 'operate').users).toEqual(before);
});

test('rotating changes the password and leaves tokens', () => {
  const { users: before } = edit.addToken(users, 'admin', '', now);
  const { users: after, shownOnce } = edit.rotatePassword(before, 'admin');

  expect(after).toEqual([{ ...before[0], password: shownOnce }]);
  expect(shownOnce).not.toBe('first');
});

test('with an overlap the password of before is kept until its end, and only the last one', () => {
  const until = new Date('2026-11-28T08:00:00Z');
  const { users: after } = edit.rotatePassword(users, 'admin', { given: 'second', until });
  const { users: again } = edit.rotatePassword(after, 'admin', { given: 'third', until });

  expect(after).toMatchObject([{ password: 'second', previous: { password: 'first', until: until.toISOString() } }]);
  expect(readUsers(usersText(after))).toEqual(after);
  expect(again).toMatchObject([{ password: 'third', previous: { password: 'second' } }]);
  expect(edit.rotatePassword(again, 'admin', { given: 'fourth' }).users).toEqual([{ ...users[0], password: 'fourth' }]);
});

test('who is disabled stays, who is removed does not', () => {
  const { users: disabled } = edit.disableUser(users, 'admin', true);

  expect(disabled).toEqual([{ ...users[0], disabled: true }]);
  expect(edit.disableUser(disabled, 'admin', false).users).toEqual(users);
  expect(edit.removeUser(users, 'admin').users).toEqual([]);
});

test.each<[string, () => edit.Edited]>([
  ['There is a user admin already.', () => edit.addUser(users, 'admin', {})],
  ['No user may be called schedule', () => edit.addUser(users, 'schedule', {})],
  ['No user may be called anonymous', () => edit.addUser(users, 'anonymous', {})],
  ['There is no user mei; there are admin.', () => edit.removeUser(users, 'mei')],
  ['There is no user mei; there are admin.', () => edit.rotatePassword(users, 'mei')],
  ['There is no user mei; there are admin.', () => edit.givePermission(users, 'mei', 'operate')],
  ['There is no permission root; there are operate and admin.', () => edit.givePermission(users, 'admin', 'root')],
  ['There is no permission root; there are operate and admin.', () => edit.takePermission(users, 'admin', 'root')],
  ['There is no user mei; there are admin.', () => edit.addToken(users, 'mei', '', now)],
  ['No token has the id t-0', () => edit.revokeToken(users, 't-0')],
])('%s', (message, change) => {
  expect(change).toThrow(message);
});

test('a user is bound to some ways, and to none again', () => {
  const { users: bound } = edit.bindUser(users, 'admin', ['hmac', 'token']);

  expect(readUsers(JSON.stringify({ users: bound }))).toEqual([{ ...users[0], only: ['hmac', 'token'] }]);
  expect(edit.bindUser(bound, 'admin', undefined).users).toEqual(users);
  expect(edit.addUser([], 'mei', { only: ['hmac'] }).users).toMatchObject([{ name: 'mei', only: ['hmac'] }]);
});

test('tenants are set as a list, taken away by none, and have names that keys of objects can hold', () => {
  const { users: before } = edit.addUser([], 'shop', {});
  const given = edit.setTenants(before, 'shop', 'acme, globex,acme').users;
  expect(given[0]?.tenants).toEqual(['acme', 'globex']);
  expect(edit.setTenants(given, 'shop', '').users[0]?.tenants).toEqual([]);
  for (const wrong of ['a/b', 'a b', 'x'.repeat(65)])
    expect(() => edit.setTenants(before, 'shop', wrong)).toThrow(/No tenant/);
  expect(() => edit.setTenants(before, 'nobody', 'acme')).toThrow(/nobody/);
});
