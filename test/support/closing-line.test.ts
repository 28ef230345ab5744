import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Runs a project of its own, made of these files. */
async function run(files: Record<string, string>): Promise<{ lines: string[]; code: number | null }> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, `${name}.test.mjs`), text);
  const vitest = resolve('node_modules/vitest/vitest.mjs');
  const reporter = resolve('test/support/closing-line.ts');
  const options = ['run', '--globals', '--root', directory, '--reporter=default', `--reporter=${reporter}`];
  return new Promise((done) => {
    const child = execFile(process.execPath, [vitest, ...options], (_error, stdout) => {
      done({ lines: stdout.trimEnd().split('\n'), code: child.exitCode });
    });
  });
}

test('the last line counts tests that passed, failed and were left out', async () => {
  const { lines, code } = await run({
    some: `test('a', () => {}); test('b', () => {}); test('c', () => { throw new Error('no'); }); test.skip('d', () => {});`,
  });

  expect(lines.at(-1)).toBe('2 passed, 1 failed, 1 skipped');
  expect(code).toBe(1);
});

test('a run in which all is well says so and ends with 0', async () => {
  const { lines, code } = await run({ good: `test('a', () => {});` });

  expect(lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
  expect(code).toBe(0);
});

test('a file that cannot be loaded is one failed', async () => {
  const { lines, code } = await run({ good: `test('a', () => {});`, broken: `import './nowhere.mjs';` });

  expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
  expect(code).toBe(1);
});

test('a broken hook and an error outside of all tests are failed too', async () => {
  const { lines, code } = await run({
    hook: `describe('group', () => { beforeAll(() => { throw new Error('no'); }); test('a', () => {}); });`,
    stray: `test('b', async () => { setTimeout(() => { throw new Error('late'); }); await new Promise((r) => setTimeout(r, 50)); });`,
  });

  expect(lines.at(-1)).toBe('1 passed, 2 failed, 1 skipped');
  expect(code).toBe(1);
});

test('what failed stands right before the last line, each with its place and the first lines of its error', async () => {
  const { lines } = await run({
    some: `describe('group', () => { test('breaks', () => { throw new RangeError('one\\ntwo\\nthree\\nfour\\nfive'); }); });`,
    hook: `beforeAll(() => { throw new TypeError('no stack'); }); test('a', () => {});`,
    ends: `afterAll(() => { throw new Error('no end'); }); test('a', () => {});`,
    broken: `import './nowhere.mjs';`,
    stray: `test('b', async () => { setTimeout(() => { throw new Error('late'); }); await new Promise((r) => setTimeout(r, 50)); });`,
  });

  expect(lines.at(-1)).toBe('2 passed, 5 failed, 1 skipped');
  const told = lines.slice(
    lines.findIndex((line) => line.startsWith('FAILED ')),
    -1,
  );
  expect(told.filter((line) => !line.startsWith('FAILED '))).toEqual([]);
  expect(told.filter((line) => !line.startsWith('FAILED   ')).toSorted()).toEqual([
    expect.stringMatching(/^FAILED broken\.test\.mjs: Error: .*nowhere\.mjs/),
    'FAILED ends.test.mjs: Error: no end',
    'FAILED hook.test.mjs: TypeError: no stack',
    'FAILED outside of all tests: Error: late',
    'FAILED some.test.mjs > group > breaks: RangeError: one',
  ]);
  const breaks = told.indexOf('FAILED some.test.mjs > group > breaks: RangeError: one');
  expect(told.slice(breaks + 1, breaks + 3)).toEqual(['FAILED   two', 'FAILED   three']);
  expect(told[breaks + 3]).toMatch(/^FAILED +at .*some\.test\.mjs:1:\d+/);
  const hook = told.indexOf('FAILED hook.test.mjs: TypeError: no stack');
  expect(told[hook + 1]).toMatch(/^FAILED +at .*hook\.test\.mjs:1:\d+/);
});

test('many failures and long lines leave the end readable', async () => {
  const { lines } = await run({
    many: `for (let i = 0; i < 30; i += 1) test('t' + i, () => { throw new Error('x'.repeat(5000)); });`,
  });

  const told = lines.slice(lines.findIndex((line) => line.startsWith('FAILED ')));
  expect(told.slice(-2)).toEqual(['FAILED and 10 more', '0 passed, 30 failed, 0 skipped']);
  expect(told.length).toBeLessThanOrEqual(20 * 4 + 2);
  expect(Math.max(...told.map(({ length }) => length))).toBe(300);
});
