import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountStore, localStore } from '../../../local/callers/secret-store.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

const arn = 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:UsersA1B2-x';
const tags = (id: string) => [{ Key: 'aws:cloudformation:logical-id', Value: id }];

/** What an account answers, and what it was asked. */
let server: Server;
let asked: { readonly operation: string; readonly input: Record<string, unknown> }[] = [];
let found: object[] = [];
let held = '';

beforeEach(async () => {
  [asked, held] = [[], '{"name":"admin","password":"first"}'];
  found = [
    { ARN: 'arn:of:another', Tags: tags('DatabaseSecret') },
    { ARN: arn, Tags: tags('UsersA1B2C3') },
  ];
  server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input = (await json(request)) as Record<string, unknown>;
    asked.push({ operation, input });
    if (operation === 'PutSecretValue') held = String(input.SecretString);
    response.end(
      JSON.stringify(operation === 'ListSecrets' ? { SecretList: found } : { ARN: arn, SecretString: held }),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  useLocalAws({ AWS_ENDPOINT_URL_SECRETS_MANAGER: url() });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test('the secret of an environment is found by the tags of its stack', async () => {
  const store = accountStore('prod', { region: 'eu-west-1' });
  const users = await store.read();
  await store.write(users);

  expect(asked[0]).toEqual({
    operation: 'ListSecrets',
    input: { Filters: [{ Key: 'tag-value', Values: ['Millrace-prod-Data'] }], MaxResults: 100 },
  });
  expect(asked.filter(({ operation }) => operation !== 'ListSecrets').map(({ input }) => input.SecretId)).toEqual([
    arn,
    arn,
  ]);
  expect(JSON.parse(held)).toEqual({ version: 2, users });
});

test('an environment without the secret is told', async () => {
  found = found.slice(0, 1);

  await expect(accountStore('prod', {}).read()).rejects.toThrow('The stack Millrace-prod-Data has no secret of users');
});

test('what the functions would refuse is not written', async () => {
  const [user] = await localStore(url(), 'Users', testCredentials).read();
  if (!user) throw new Error('There is no user');

  await expect(localStore(url(), 'Users', testCredentials).write([{ ...user, name: 'a:b' }])).rejects.toThrow(
    'A name has letters',
  );
  await expect(localStore(url(), 'Users', testCredentials).write([user, user])).rejects.toThrow(
    'Two users have one name',
  );
  expect(held).toBe('{"name":"admin","password":"first"}');
});
