import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { sql } from 'kysely';
import { startSecrets } from 'one-machine/services/secrets.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '#kit/api/authentication/schemes.ts';
import { readUsers, usersText } from '#kit/api/authentication/users.ts';
import type { Caller } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { keptUsers } from '../../../lambdas/adapters/callers/kept-users.ts';
import { type UsersPorts, usersApi } from '../../../lambdas/platform/users/routes.ts';
import { userDirectory } from '../../../lambdas/platform/users/user-changes-store.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { httpRequest, printed } from '../../support/lambda.ts';

const arn = 'arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:Users-local0';
const now = new Date('2026-11-21T08:00:00Z');

let database: TestDatabase<unknown>;
let directory: string;
let secrets: Awaited<ReturnType<typeof startSecrets>>;
let ports: UsersPorts;

beforeAll(async () => {
  database = await startTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'millrace-users-'));
  const file = join(directory, 'secrets.json');
  secrets = await startSecrets({ credentials: [testCredentials], file, secrets: [{ id: 'Users', arn }] });
  useLocalAws({ AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url });
  ports = { directory: userDirectory(database.app, keptUsers(arn)), clock: () => now };
});

afterAll(async () => {
  await secrets?.stop();
  await database?.stop();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  printed();
  await sql`TRUNCATE platform.user_changes RESTART IDENTITY`.execute(database.admin.query);
  const admin = { name: 'admin', password: 'first', tokens: [], disabled: false, permissions: ['admin' as const] };
  await secrets.put('Users', usersText([admin]));
});

const kept = () => readUsers(secrets.value('Users'));

/** Asks as the user `admin`; an answer that is not as documented is thrown. */
async function ask(
  routeKey: keyof typeof usersApi,
  given: {
    readonly path?: Record<string, string>;
    readonly body?: object;
    readonly permissions?: Caller['permissions'];
  } = {},
) {
  const handler = apiHandler({
    env: z.object({}),
    authenticate: () => async (): Promise<Caller> => ({
      name: 'admin',
      scheme: 'bearer',
      permissions: given.permissions ?? ['admin'],
    }),
    services: () => ports,
    routes: usersApi,
  });
  const event = httpRequest({
    routeKey,
    queryStringParameters: {},
    pathParameters: given.path ?? {},
    body: given.body === undefined ? undefined : JSON.stringify(given.body),
  });
  const answer = await handler(event, { functionName: 'users-api' } as Context);
  const body = JSON.parse(String(answer.body));
  if (answer.statusCode === 200) usersApi[routeKey].shape.answers[200]?.parse(body);
  return { status: answer.statusCode, body };
}

const changes = async () => {
  const { body } = await ask('GET /platform/user-changes');
  return body.result.data.map(({ who, name, what, detail }: Record<string, string>) => [who, name, what, detail]);
};

test('a user is added with a password that is shown once, and every change is written down', async () => {
  const added = await ask('POST /platform/users', {
    body: { name: 'mei', permissions: ['operate'], tenants: ['shop'], who: 'Lin' },
  });
  const again = await ask('POST /platform/users', { body: { name: 'mei' } });
  await ask('PUT /platform/users/{name}', { path: { name: 'mei' }, body: { disabled: true, permissions: [] } });

  expect(added.status).toBe(200);
  expect(again.status).toBe(409);
  expect(kept()[1]).toMatchObject({
    name: 'mei',
    password: added.body.result.secret,
    tenants: ['shop'],
    disabled: true,
    permissions: [],
  });
  expect(await changes()).toEqual([
    ['admin', 'mei', 'change', '{"disabled":true,"permissions":[]}'],
    ['admin:Lin', 'mei', 'add', 'operate'],
  ]);
});

test('the list has neither passwords nor tokens, and a token is kept as its digest', async () => {
  await ask('POST /platform/users', { body: { name: 'mei' } });
  const { body } = await ask('POST /platform/users/{name}/tokens', { path: { name: 'mei' }, body: { note: 'laptop' } });
  const { secret } = body.result;

  const { body: list } = await ask('GET /platform/users');
  const [token] = kept()[1]?.tokens ?? [];
  expect(token?.sha256).toBe(sha256(secret));
  expect(list.result.data[1].tokens).toEqual([{ id: token?.id, created: now.toISOString(), note: 'laptop' }]);
  for (const hidden of ['first', kept()[1]?.password ?? '', secret, token?.sha256 ?? ''])
    expect(JSON.stringify([list, await changes()])).not.toContain(hidden);

  const path = { name: 'admin', token: token?.id ?? '' };
  expect((await ask('DELETE /platform/users/{name}/tokens/{token}', { path })).status).toBe(404);
  await ask('DELETE /platform/users/{name}/tokens/{token}', { path: { ...path, name: 'mei' } });
  expect(kept()[1]?.tokens).toEqual([]);
});

test('users cannot lock themselves out', async () => {
  const path = { name: 'admin' };

  for (const body of [{ disabled: true }, { permissions: ['operate'] }, { permissions: [] }])
    expect((await ask('PUT /platform/users/{name}', { path, body })).status).toBe(409);
  expect((await ask('DELETE /platform/users/{name}', { path })).status).toBe(409);
  expect(kept()).toMatchObject([{ name: 'admin', disabled: false, permissions: ['admin'] }]);
  expect(await changes()).toEqual([]);
});

test('a password is changed, a user removed, and one that is not there is not found', async () => {
  await ask('POST /platform/users', { body: { name: 'mei' } });
  const { body } = await ask('POST /platform/users/{name}/password', { path: { name: 'mei' } });
  expect(kept()[1]?.password).toBe(body.result.secret);
  await ask('DELETE /platform/users/{name}', { path: { name: 'mei' } });
  expect(kept().map(({ name }) => name)).toEqual(['admin']);
  expect((await ask('DELETE /platform/users/{name}', { path: { name: 'mei' } })).status).toBe(404);
  expect((await ask('PUT /platform/users/{name}', { path: { name: 'mei' }, body: { disabled: true } })).status).toBe(
    404,
  );
  expect((await ask('POST /platform/users', { body: { name: 'keeper' } })).status).toBe(400);
  expect((await ask('PUT /platform/users/{name}', { path: { name: 'admin' }, body: {} })).status).toBe(400);
});

test('with an overlap both passwords stand in the secret until its end, which the list tells, and neither of them', async () => {
  await ask('POST /platform/users', { body: { name: 'mei' } });
  const before = kept()[1]?.password ?? '';
  const path = { name: 'mei' };
  const { body } = await ask('POST /platform/users/{name}/password', { path, body: { overlap_hours: 24 } });
  const until = new Date(now.getTime() + 24 * 3_600_000).toISOString();

  expect(kept()[1]).toMatchObject({ password: body.result.secret, previous: { password: before, until } });
  const { body: list } = await ask('GET /platform/users');
  expect(list.result.data.map((user: Record<string, unknown>) => user.previous_password_until)).toEqual([null, until]);
  for (const hidden of [before, body.result.secret])
    expect(JSON.stringify([list, await changes()])).not.toContain(hidden);
  expect((await changes())[0]).toEqual(['admin', 'mei', 'rotate', `the password of before opens until ${until}`]);
  for (const overlap_hours of [-1, 1.5, 721, '24'])
    expect((await ask('POST /platform/users/{name}/password', { path, body: { overlap_hours } })).status).toBe(400);
  await ask('POST /platform/users/{name}/password', { path });
  expect(kept()[1]?.previous).toBeUndefined();
});

test('changes at once are one after the other: none is lost', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const others = names.map(() => userDirectory(database.another(), keptUsers(arn)));

  await Promise.all(
    names.map((name, index) => {
      const edit = (users: ReturnType<typeof kept>) => ({
        users: [...users, { name, password: 'p', tokens: [], disabled: false, permissions: [] }],
      });
      return others[index]?.change({ who: 'admin', name, what: 'add', edit });
    }),
  );

  expect(
    kept()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['a', 'admin', 'b', 'c', 'd']);
});

test('only admins are let in', async () => {
  expect((await ask('GET /platform/users', { permissions: ['operate'] })).status).toBe(403);
  expect((await ask('GET /platform/user-changes', { permissions: [] })).status).toBe(403);
});
