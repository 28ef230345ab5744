import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generate } from '../../src/services/secrets/generate.ts';
import { type Secrets, startSecrets } from '../../src/services/secrets.ts';
import { testCredentials } from '../support/aws.ts';

let directory: string;
let file: string;
let secrets: Secrets;
let client: SecretsManagerClient;

const arn = (id: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${id}-AbCdEf`;

async function start(): Promise<void> {
  secrets = await startSecrets({
    credentials: [testCredentials],
    file,
    secrets: [
      {
        id: 'api',
        arn: arn('api'),
        generate: { template: { user: 'x' }, key: 'token', length: 40, excludePunctuation: true },
      },
      { id: 'plain', arn: arn('plain') },
      { id: 'given', arn: arn('given'), value: 'as given' },
    ],
  });
  const credentials = testCredentials;
  client = new SecretsManagerClient({ endpoint: secrets.url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  file = join(directory, 'deeper', 'secrets.json');
  await start();
});

afterEach(async () => {
  client.destroy();
  await secrets.stop();
  await rm(directory, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  client.destroy();
  await secrets.stop();
  await start();
}

async function read(SecretId: string): Promise<string | undefined> {
  return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
}

test('a generated value has the shape that was asked for', async () => {
  const value = JSON.parse((await read(arn('api'))) ?? '');

  expect(value).toEqual({ user: 'x', token: expect.stringMatching(/^[A-Za-z0-9]{40}$/) });
  expect(await read('plain')).toHaveLength(32);
  expect(await read('given')).toBe('as given');
  expect(secrets.value('given')).toBe('as given');
});

test('a generated value has none of the characters that it must not have', () => {
  const excludeCharacters = 'aA0/@"';
  const value = generate({ length: 500, excludeCharacters });

  expect(value).toHaveLength(500);
  expect([...excludeCharacters].filter((character) => value.includes(character))).toEqual([]);
});

test('values are generated once and kept over a restart', async () => {
  const before = await read('plain');
  await restart();

  expect(await read('plain')).toBe(before);
});

test('only the owner may read the file', async () => {
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain(JSON.stringify(secrets.value('plain')));
});

test('a new value has a new version and is kept', async () => {
  const before = await client.send(new DescribeSecretCommand({ SecretId: 'plain' }));
  const put = await client.send(new PutSecretValueCommand({ SecretId: 'plain', SecretString: 'changed' }));
  await restart();

  expect(Object.keys(before.VersionIdsToStages ?? {})).not.toContain(put.VersionId);
  expect(await read('plain')).toBe('changed');
  await expect(
    client.send(new GetSecretValueCommand({ SecretId: 'plain', VersionStage: 'AWSPREVIOUS' })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the list names secrets, not values', async () => {
  const { SecretList } = await client.send(new ListSecretsCommand({}));

  expect(SecretList?.map(({ Name, ARN }) => [Name, ARN])).toEqual(['api', 'plain', 'given'].map((id) => [id, arn(id)]));
  expect(JSON.stringify(SecretList)).not.toContain('as given');
});

test('a secret that the template does not have is not found', async () => {
  await expect(read('other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(() => secrets.value('other')).toThrow("can't find");
});

test('what is not supported says its name', async () => {
  const deleting = client.send(new DeleteSecretCommand({ SecretId: 'plain' }));

  await expect(deleting).rejects.toMatchObject({ message: /^DeleteSecret/, $metadata: { httpStatusCode: 501 } });
});

test('secrets are refused for a while, and to whoever does not sign', async () => {
  const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
  const unsigned = await fetch(secrets.url, { method: 'POST', headers, body: '{"SecretId":"plain"}' });
  secrets.refuse(10_000);

  expect(unsigned.status).toBe(403);
  await expect(read('plain')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
});
