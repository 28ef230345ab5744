import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Secrets, startSecrets } from 'one-machine/services/secrets.ts';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { secretField, secretText } from '#adapters/secrets.ts';
import { ConfigurationError } from '#kit/env.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

const arnOf = (name: string) => `arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:${name}-local0`;
const values: Readonly<Record<string, string>> = {
  Token: '{"token":"hidden-1"}',
  Empty: '{"token":""}',
  Number: '{"token":5}',
  Null: 'null',
  Text: 'hidden-text',
  Rotated: '{"token":"old"}',
  Away: '{"token":"there again"}',
};

let directory: string;
let service: Secrets;

const start = (port: number | undefined, changes: Readonly<Record<string, string>> = {}) =>
  startSecrets({
    credentials: [testCredentials],
    file: join(directory, 'secrets.json'),
    ...(port === undefined ? {} : { port }),
    secrets: Object.entries({ ...values, ...changes }).map(([id, value]) => ({ id, arn: arnOf(id), value })),
  });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  service = await start(undefined);
  useLocalAws({ AWS_ENDPOINT_URL_SECRETS_MANAGER: service.url, AWS_MAX_ATTEMPTS: '1' });
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(async () => {
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a field of a secret is its text', async () => {
  expect(await secretField(arnOf('Token'), 'token')).toBe('hidden-1');
});

test.each(['Empty', 'Number', 'Null', 'Text'])(
  'a secret without the field (%s) is named, its value never',
  async (name) => {
    const asked = secretField(arnOf(name), 'token');

    await expect(asked).rejects.toThrow(new ConfigurationError(`The secret ${arnOf(name)} has no field token`));
  },
);

test('a secret is kept for five minutes and then asked for again', async () => {
  expect(await secretText(arnOf('Rotated'))).toContain('old');
  await service.stop();
  service = await start(Number(new URL(service.url).port), { Rotated: '{"token":"new"}' });

  expect(await secretText(arnOf('Rotated'))).toContain('old');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 60 * 1000 + 1 });
  expect(await secretText(arnOf('Rotated'))).toContain('new');
});

test('a failure is not kept', async () => {
  service.refuse(3_600_000);
  await expect(secretText(arnOf('Away'))).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  service.refuse(0);

  expect(await secretField(arnOf('Away'), 'token')).toBe('there again');
});

test('many who ask at once are one question', async () => {
  const [first, ...others] = Array.from({ length: 5 }, () => secretText(arnOf('Null')));

  for (const other of others) expect(other).toBe(first);
});
