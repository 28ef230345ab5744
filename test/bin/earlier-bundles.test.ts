import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { earlierBundles } from '../../bin/earlier-bundles.ts';

let directory: string;
let output: string;
let source: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  output = join(directory, 'handlers');
  source = join(directory, 'source.ts');
  await writeFile(source, 'one');
  await mkdir(join(output, 'a/b'), { recursive: true });
  await writeFile(join(output, 'a/b/index.mjs'), 'bundled');
  await (await earlierBundles(output)).remember(output, new Map([['a/b', [source]]]));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const take = async (handler = 'a/b') => (await earlierBundles(output)).take(handler, join(directory, 'taken'));

test('a bundle whose files are as they were is taken, and is remembered with the same files', async () => {
  expect(await take()).toEqual([source]);
  expect(await readFile(join(directory, 'taken/index.mjs'), 'utf8')).toBe('bundled');
});

test('what others put beside a bundle is not taken with it', async () => {
  await writeFile(join(output, 'a/b/added.json'), '{}');

  await take();

  expect(await readdir(join(directory, 'taken'))).toEqual(['index.mjs']);
});

test.each([
  ['changed', () => writeFile(source, 'two')],
  ['removed', () => rm(source)],
])('a bundle with a file that was %s is made anew', async (_what, change) => {
  await change();

  expect(await take()).toBeUndefined();
});

test('a bundle that is postponed is put there as it was, and is still to be made anew', async () => {
  await writeFile(source, 'two');
  const bundles = await earlierBundles(output);
  const taken = join(directory, 'taken');

  expect(await bundles.postpone('a/b', join(taken, 'a/b'))).toBe(true);
  expect(await bundles.postpone('a/other', join(taken, 'a/other'))).toBe(false);
  await bundles.remember(taken, new Map());

  expect(await readFile(join(taken, 'a/b/index.mjs'), 'utf8')).toBe('bundled');
  expect(await (await earlierBundles(taken)).take('a/b', join(directory, 'again'))).toBeUndefined();
  await writeFile(source, 'one');
  expect(await (await earlierBundles(taken)).take('a/b', join(directory, 'again'))).toEqual([source]);
});

test('a file that changes while it is bundled has its bundle made anew the next time', async () => {
  const bundles = await earlierBundles(output);
  await bundles.take('a/b', join(directory, 'taken'));
  await writeFile(source, 'two');

  await bundles.remember(output, new Map([['a/b', [source]]]));

  expect(await take()).toBeUndefined();
});

test('a bundle that is gone, or that nothing is remembered of, is made anew', async () => {
  expect(await take('a/other')).toBeUndefined();
  await rm(join(output, 'a/b'), { recursive: true });
  expect(await take()).toBeUndefined();
  await rm(join(output, 'made-of.json'));
  expect(await take()).toBeUndefined();
});

test('bundles of another bundler are made anew', async () => {
  const file = join(output, 'made-of.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), common: 'another' }));

  expect(await take()).toBeUndefined();
});
