import { expect, test } from 'vitest';
import { readUsers, usersText } from '#kit/api/authentication/users.ts';

const token = { id: 't-1', sha256: 'ab'.repeat(32), created: '2026-11-21T00:00:00Z' };

test('the secret as CloudFormation generates it is one user, who is an admin', () => {
  expect(readUsers('{"name":"admin","permissions":["admin"],"password":"generated"}')).toEqual([
    { name: 'admin', password: 'generated', tokens: [], disabled: false, permissions: ['admin'] },
  ]);
});

test('a list is read with what may be left out', () => {
  const [user] = readUsers(JSON.stringify({ version: 2, users: [{ name: 'mei', password: 'x', tokens: [token] }] }));

  expect(user).toEqual({
    name: 'mei',
    password: 'x',
    tokens: [{ ...token, note: '' }],
    disabled: false,
    permissions: [],
  });
});

test('who was in a list before permissions counted keeps what everybody could do then', () => {
  const user = (name: string, permissions?: string[]) => ({ name, password: 'x', ...(permissions && { permissions }) });
  const before = { users: [user('mei'), user('bot', []), user('lee', ['operate']), user('boss', ['admin'])] };
  const known = readUsers(JSON.stringify(before));

  expect(known.map(({ permissions }) => permissions)).toEqual([['operate'], ['operate'], ['operate'], ['admin']]);
  // Written once more, it stands there: what is taken from one of them afterwards is gone.
  expect(readUsers(usersText(known))).toEqual(known);
  expect(
    readUsers(usersText(known.map((one) => ({ ...one, permissions: [] })))).flatMap((one) => one.permissions),
  ).toEqual([]);
});

test.each([
  ['no JSON', 'the password'],
  ['no users', '{}'],
  ['a name with a colon', '{"name":"a:b","password":"the password"}'],
  ['no password', '{"name":"a"}'],
  ['an unknown permission', '{"name":"a","password":"the password","permissions":["root"]}'],
  ['an unknown version', '{"version":3,"users":[{"name":"a","password":"the password"}]}'],
  ['two of one name', '{"users":[{"name":"a","password":"the password"},{"name":"a","password":"x"}]}'],
  [
    'two tokens of one id',
    JSON.stringify({ users: ['a', 'b'].map((name) => ({ name, password: 'the password', tokens: [token] })) }),
  ],
])('%s is refused without telling a value', (_what, text) => {
  expect(() => readUsers(text)).toThrow('The secret of the users is not as it should be');
  expect(() => readUsers(text)).not.toThrow('the password');
});
