import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkFunctionVariables, checkSettings } from '../../local/check-settings.ts';
import { SettingError, settingsFromEnvironment } from '../../local/settings.ts';
import type { FunctionModel } from '../../local/template/model.ts';

const directory = path.join(tmpdir(), 'millrace-no-state');
const checked = (variables: Record<string, string>) =>
  (async () => checkSettings(settingsFromEnvironment({ MILLRACE_DIRECTORY: directory, ...variables })))();

test.each([
  ['MILLRACE_PORT', 'abc'],
  ['MILLRACE_PORT', ''],
  ['MILLRACE_PORT', '70000'],
  ['MILLRACE_ENVIRONMENT', 'nowhere'],
  ['MILLRACE_ASSEMBLY', 'not/there'],
  ['MILLRACE_DIRECTORY', 'package.json'],
  ['PRESALE_SAMPLE_DIR', 'not/there'],
  ['PRESALE_SAMPLE_DIR', 'package.json'],
  ['PRESALE_SITE_URL', 'plvr.land.moi.gov.tw'],
  ['PRESALE_SITE_URL', 'ftp://127.0.0.1'],
  ['AWS_ENDPOINT_URL_S3', 'bucket'],
  ['DATABASE_URL', 'mysql://127.0.0.1/x'],
  ['KAFKA_BROKERS', 'broker'],
  ['KAFKA_BROKERS', '127.0.0.1:99999'],
  ['KAFKA_BROKERS', '127.0.0.1:1'],
])('%s=%s is refused in one line that names it', async (name, value) => {
  const error: unknown = await checked({ [name]: value }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SettingError);
  const { message } = error as SettingError;
  expect(message).toMatch(new RegExp(`^${name}[: ]`));
  expect(message).not.toContain('\n');
});

test('an address of a database, which has a password, is not repeated', async () => {
  await expect(checked({ DATABASE_URL: 'mysql://me:secret@127.0.0.1/x' })).rejects.toThrow(/^(?!.*secret)/);
});

test('nothing set, all environments and brokers of which one answers are taken', async () => {
  const broker = createServer().listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => broker.once('listening', resolve));
    const { port } = broker.address() as { port: number };
    await checked({});
    await checked({ MILLRACE_ENVIRONMENT: 'staging', KAFKA_BROKERS: `127.0.0.1:1,127.0.0.1:${port}` });
  } finally {
    await new Promise((resolve) => broker.close(resolve));
  }
});

const functions = [
  { environment: { PRESALE_RETRY_SECONDS: '3600', PRESALE_COUNTIES: 'A,B,C', MAIL_TO: 'a@example.com,b@example.com' } },
] as unknown as readonly FunctionModel[];

test.each([
  [{ PRESALE_RETRY_SECONDS: 'soon' }, /^PRESALE_RETRY_SECONDS is a number, such as 3600: soon$/],
  [{ PRESALE_RETRY_SECONDS: '-1' }, /^PRESALE_RETRY_SECONDS is a number/],
  [{ PRESALE_RETRY_SECONDS: '' }, /^PRESALE_RETRY_SECONDS is a number/],
  [{ PRESALE_COUNTIES: 'A,Y' }, /^PRESALE_COUNTIES has “Y”/],
  [{ PRESALE_RETRY_SECOND: '5' }, /^PRESALE_RETRY_SECOND is no setting; there are .*PRESALE_RETRY_SECONDS/],
])('of functions: %o is refused', (given, message) => {
  expect(() => checkFunctionVariables(functions, given)).toThrow(message);
});

test('of functions: what is like the template’s is taken', () => {
  checkFunctionVariables(functions, {
    PRESALE_RETRY_SECONDS: '5',
    PRESALE_COUNTIES: 'C,A',
    MAIL_TO: 'c@example.com',
    PRESALE_SITE_URL: 'http://127.0.0.1',
    OTHER: 'x',
  });
});
