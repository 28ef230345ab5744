import { glob, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileCache } from '../../src/functions/compile-cache.ts';
import { startTestHost } from './host.ts';

let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
});

afterEach(() => rm(project, { recursive: true, force: true }));

const names = (directory: string) => Array.fromAsync(glob('**/*', { cwd: directory }));

test('what an instance compiled is on the disk after its first event, although it ends by a kill', async () => {
  const lines = Array.from({ length: 500 }, (_, n) => `export const f${n} = () => ${n};`).join('\n');
  const subject = await startTestHost({ big: { code: `${lines}\nexport const handler = async () => f7();` } });
  const cache = join(subject.directory, 'compile-cache');

  expect(await subject.invoke('big')).toMatchObject({ ok: true, payload: 7 });
  await expect.poll(async () => (await names(cache)).length).toBeGreaterThan(1);
  const first = await names(cache);
  await subject.host.replaceCode('test/big', subject.host.codeDirectory(subject.host.model('big')?.arn ?? ''));
  expect(await subject.invoke('big')).toMatchObject({ ok: true, payload: 7 });

  expect(await names(cache)).toEqual(first);
  await subject.stop();
});

test('entries of more than a day ago are removed, newer ones stay', async () => {
  const now = new Date('2026-11-28T12:00:00Z');
  const directory = await compileCache(join(project, 'cache'), now.getTime());
  for (const [name, hours] of [
    ['old', 25],
    ['new', 23],
  ] as const) {
    const at = new Date(now.getTime() - hours * 3_600_000);
    await writeFile(join(directory, name), '');
    await utimes(join(directory, name), at, at);
  }

  expect(await compileCache(join(project, 'cache'), now.getTime())).toBe(directory);
  expect(await names(directory)).toEqual(['new']);
});
