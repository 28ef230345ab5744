import { chmodSync, globSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SettingError } from 'one-machine/settings.ts';
import { expect, test } from 'vitest';
import { checkSettings } from '../../local/check-settings.ts';
import { settingsFromEnvironment } from '../../local/settings.ts';

const directory = path.join(tmpdir(), 'millrace-no-state');
const checked = (variables: Record<string, string>) =>
  (async () => checkSettings(settingsFromEnvironment({ MILLRACE_DIRECTORY: directory, ...variables })))();

test.each([
  ['MILLRACE_PORT', 'abc'],
  ['MILLRACE_PORT', ''],
  ['MILLRACE_PORT', '70000'],
  ['MILLRACE_ENVIRONMENT', 'nowhere'],
  ['MILLRACE_ASSEMBLY', 'not/there'],
  ['MILLRACE_ASSEMBLY', ''],
  ['MILLRACE_ASSEMBLY', 'package.json'],
  // A manifest of something else.
  ['MILLRACE_ASSEMBLY', 'test/fixtures/no-assembly'],
  ['MILLRACE_DIRECTORY', 'package.json'],
  ['MILLRACE_DIRECTORY', 'package.json/state'],
  ['MILLRACE_DIRECTORY', ''],
  // The checkout itself: a reset would remove it.
  ['MILLRACE_DIRECTORY', '.'],
  ['MILLRACE_DIRECTORY', 'docs'],
  ['MILLRACE_DIRECTORY', '/proc/state'],
  ['MILLRACE_PROT', '4510'],
  ['PRESALE_SAMPLE_DIR', 'not/there'],
  ['PRESALE_SAMPLE_DIR', 'package.json'],
  // No file of the ministry's is in it.
  ['PRESALE_SAMPLE_DIR', 'docs'],
  ['PRESALE_SITE_URL', 'plvr.land.moi.gov.tw'],
  ['PRESALE_SITE_URL', 'ftp://127.0.0.1'],
  ['AWS_ENDPOINT_URL_S3', 'bucket'],
  ['AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:1'],
  ['DATABASE_URL', 'mysql://127.0.0.1/x'],
  ['DATABASE_URL', 'postgres://me:secret@127.0.0.1:1/x'],
  ['KAFKA_BROKERS', 'broker'],
  ['KAFKA_BROKERS', '127.0.0.1:99999'],
  ['KAFKA_BROKERS', '127.0.0.1:1'],
  ['PRESALE_RETRY_SECONDS', 'soon'],
  ['PRESALE_RETRY_SECONDS', '-1'],
  ['PRESALE_RETRY_SECONDS', '1.5'],
  ['PRESALE_RETRY_SECONDS', '0'],
  ['PRESALE_RETRY_SECONDS', ''],
  ['PRESALE_RETRY_SECONDS', '99999999999'],
  ['PRESALE_RETRY_SECOND', '5'],
  ['PRESALE_MAX_ATTEMPTS', 'many'],
  ['PRESALE_FETCH_SECONDS', '1e9'],
  ['PRESALE_FETCH_ATTEMPTS', '0'],
  ['PRESALE_COUNTIES', 'A,Y'],
  ['PRESALE_COUNTIES', ''],
  ['PAGE_ALLOWED', 'http://127.0.0.1/'],
  ['PAGE_TIMEOUT_MS', '99999999999'],
  ['RULES_FRESH_MS', 'x'],
  ['MAIL_TO', 'nobody'],
  ['CALLER_REQUESTS_PER_SECOND', '-1'],
  ['CALLER_BURST', 'Infinity'],
  ['USERS_FRESH_MS', '0'],
  ['POWERTOOLS_LOG_LEVEL', 'loud'],
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

test('what tests and benches read of the same shell is taken: a stack that they start has it, too', async () => {
  const read = new Set<string>();
  for (const file of globSync('{test,bench}/**/*.ts'))
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:process\.env\.|seedOf\(')(MILLRACE_\w+)/g))
      read.add(name);

  expect(read).toContain('MILLRACE_KILL_SEED');
  await checked(Object.fromEntries([...read].map((name) => [name, '1'])));
});

test('what functions read is taken where their own schemas take it', async () => {
  await checked({
    PRESALE_RETRY_SECONDS: '5',
    PRESALE_COUNTIES: 'C,a',
    MAIL_TO: 'c@example.com',
    PAGE_ALLOWED: '127.0.0.1:8000,localhost',
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    OTHER: 'x',
  });
});

test('a folder that cannot be read is refused', async ({ skip }) => {
  if (process.getuid?.() === 0) skip('root reads everything');
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-closed-'));
  chmodSync(folder, 0);
  try {
    await expect(checked({ PRESALE_SAMPLE_DIR: folder })).rejects.toThrow(
      /^PRESALE_SAMPLE_DIR can’t be served: EACCES/,
    );
    await expect(checked({ MILLRACE_DIRECTORY: folder })).rejects.toThrow(/^MILLRACE_DIRECTORY can’t be used/);
  } finally {
    rmdirSync(folder);
  }
});
