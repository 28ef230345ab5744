import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimStateFolder, isStateFolder } from '../../src/guard/state-folder.ts';
import { SettingError } from '../../src/settings.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'one-machine-test-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const claimed = (folder: string) =>
  claimStateFolder(folder, '--folder').then(
    () => 'taken',
    (error: Error) => (error instanceof SettingError ? error.message.replace(directory, '') : error),
  );

test('an empty folder, one that is to be made, and one that a start has written are taken', async () => {
  expect(await claimed(directory)).toBe('taken');
  expect(await claimed(path.join(directory, 'a/b'))).toBe('taken');
  await writeFile(path.join(directory, 'a/b/other'), '');
  await mkdir(path.join(directory, 'a/b/log'));
  await writeFile(path.join(directory, 'a/b/log/machine.jsonl'), '');
  expect(await claimed(path.join(directory, 'a/b'))).toBe('taken');
});

test('a start that ended between its old log and its new one has left a stack’s folder', async () => {
  await mkdir(path.join(directory, 'log'));
  await writeFile(path.join(directory, 'log/machine.jsonl.1'), '');

  expect(await claimed(directory)).toBe('taken');
});

test('the root of a new disk is empty', async () => {
  await mkdir(path.join(directory, 'lost+found'));

  expect(await claimed(directory)).toBe('taken');
});

test('a folder of somebody else is refused, and left as it is: a start would close it and a reset remove it', async () => {
  await writeFile(path.join(directory, 'package.json'), '{}');

  expect(await claimed(directory)).toBe('--folder holds other things than a stack’s, name an empty or a new folder: ');
  await mkdir(path.join(directory, 'log'));
  expect(await isStateFolder(directory)).toBe(false);
  expect(await isStateFolder(path.join(directory, 'nowhere'))).toBe(true);
});

test('what can be no folder is refused in one line that says why', async () => {
  const file = path.join(directory, 'file');
  await writeFile(file, '');

  expect(await claimed(file)).toBe('--folder can’t be used, it is a file: /file');
  expect(await claimed(path.join(file, 'inside'))).toBe('--folder can’t be used, a part of it is a file: /file/inside');
  expect(await claimed(path.join(directory, 'x'.repeat(300)))).toContain(
    '--folder can’t be used, its name is too long',
  );
});
