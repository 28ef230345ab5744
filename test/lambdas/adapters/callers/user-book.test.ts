import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Secrets, startSecrets } from 'one-machine/services/secrets.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { userBook } from '#adapters/callers/user-book.ts';
import { UnavailableError } from '#kit/errors.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';
import { printed } from '../../../support/lambda.ts';

const arn = 'arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:Users-local0';
const secretOf = (...names: readonly string[]) =>
  JSON.stringify({ users: names.map((name) => ({ name, password: `password of ${name}` })) });

let directory: string;
let secrets: Secrets;
let seconds = 0;
const clock = () => new Date(seconds * 1000);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  secrets = await startSecrets({
    credentials: [testCredentials],
    file: join(directory, 'secrets.json'),
    secrets: [{ id: 'Users', arn, value: '{}' }],
  });
  useLocalAws({ AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url, AWS_MAX_ATTEMPTS: '1' });
});

beforeEach(async () => {
  seconds = 0;
  await secrets.put('Users', secretOf('mei'));
  printed();
});

afterEach(() => {
  secrets.refuse(0);
  vi.restoreAllMocks();
});

afterAll(async () => {
  await secrets?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function namesAt(second: number, book: ReturnType<typeof userBook>) {
  seconds = second;
  return (await book.current()).map(({ name }) => name);
}

test('users are asked for once a minute', async () => {
  const book = userBook({ USERS_SECRET: arn, USERS_FRESH_MS: 60_000 }, clock);
  expect(await namesAt(0, book)).toEqual(['mei']);
  await secrets.put('Users', secretOf('bot'));

  expect(await namesAt(59.9, book)).toEqual(['mei']);
  expect(await namesAt(60, book)).toEqual(['bot']);
});

test('after a miss they are asked for again, ten seconds after the last time at the earliest', async () => {
  const book = userBook({ USERS_SECRET: arn, USERS_FRESH_MS: 60_000 }, clock);
  await book.current();
  await secrets.put('Users', secretOf('mei', 'new'));

  seconds = 9.9;
  expect(await book.renewed()).toBeUndefined();
  seconds = 10;
  expect((await book.renewed())?.map(({ name }) => name)).toEqual(['mei', 'new']);
  seconds = 19.9;
  expect(await book.renewed()).toBeUndefined();
  expect(await namesAt(19.9, book)).toEqual(['mei', 'new']);
});

test('while the secret can’t be read, those who were known go on for a quarter of an hour', async () => {
  const book = userBook({ USERS_SECRET: arn, USERS_FRESH_MS: 60_000 }, clock);
  await book.current();
  secrets.refuse(60_000);

  expect(await namesAt(61, book)).toEqual(['mei']);
  expect(await namesAt(899, book)).toEqual(['mei']);
  await expect(namesAt(900, book)).rejects.toThrow(UnavailableError);
  secrets.refuse(0);
  expect(await namesAt(901, book)).toEqual(['mei']);
});

test('who knows nobody yet can’t go on', async () => {
  secrets.refuse(60_000);

  await expect(userBook({ USERS_SECRET: arn, USERS_FRESH_MS: 60_000 }, clock).current()).rejects.toThrow(
    UnavailableError,
  );
});

test('a secret that somebody broke locks nobody out at once, and shows no password', async () => {
  const output = printed();
  const book = userBook({ USERS_SECRET: arn, USERS_FRESH_MS: 60_000 }, clock);
  await book.current();
  await secrets.put('Users', '{"users":[{"name":"a:b","password":"the password"}]}');

  expect(await namesAt(60, book)).toEqual(['mei']);
  expect(output.text()).toContain('The secret of the users is not as it should be');
  expect(output.text()).not.toContain('the password');
});
