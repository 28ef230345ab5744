import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkEqualFiles, linkFile } from '../../bin/link-equal-files.ts';
import { forgetUnfinished, unfinishedFolder } from '../../bin/replace-folder.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test('what a killed process had begun goes, and what a running one makes stays', async () => {
  const place = join(directory, 'handlers');
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  for (const folder of [`${place}.new-${ended}`, `${place}.old-${ended}`, unfinishedFolder(place), `${place}.new-x`])
    await mkdir(join(folder, 'inside'), { recursive: true });
  await mkdir(join(directory, `others.new-${ended}`));

  await forgetUnfinished(place);

  expect((await readdir(directory)).sort()).toEqual(
    [`handlers.new-${process.pid}`, 'handlers.new-x', `others.new-${ended}`].sort(),
  );
  await forgetUnfinished(join(directory, 'nowhere', 'handlers'));
});

test('large files of the same content share their place on the disk, and each reads as before', async () => {
  const large = 'x'.repeat(20_000);
  const files = { 'a/wasm': large, 'a/other': 'y'.repeat(20_000), 'b/c/wasm': large, 'b/small': 'x', 'a/small': 'x' };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  const inode = async (name: string) => (await stat(join(directory, name))).ino;

  await linkEqualFiles([join(directory, 'a'), join(directory, 'b')]);

  expect(await inode('a/wasm')).toBe(await inode('b/c/wasm'));
  expect(await inode('a/other')).not.toBe(await inode('a/wasm'));
  expect(await inode('a/small')).not.toBe(await inode('b/small'));
  for (const [name, text] of Object.entries(files)) expect(await readFile(join(directory, name), 'utf8')).toBe(text);
  expect((await readdir(directory, { recursive: true })).length).toBe(8);
});

test('files that another process takes away meanwhile are passed over', async () => {
  const names = Array.from({ length: 200 }, (_, nth) => String(nth));
  for (const folder of ['a', 'b']) {
    await mkdir(join(directory, folder));
    for (const name of names) await writeFile(join(directory, folder, name), 'x'.repeat(20_000));
  }

  await Promise.all([
    linkEqualFiles([join(directory, 'a'), join(directory, 'b')]),
    rm(join(directory, 'a'), { recursive: true, maxRetries: 5 }),
  ]);

  expect(await readdir(join(directory, 'b'))).toHaveLength(names.length);
});

test('where no second name can be given, nothing fails', async () => {
  await mkdir(join(directory, 'folder'));

  // The system refuses it as a disk does that knows no links.
  expect(await linkFile(join(directory, 'folder'), join(directory, 'second'))).toBe(false);
  await expect(linkFile(join(directory, 'none'), join(directory, 'second'))).rejects.toThrow('ENOENT');
});
