import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { project } from '../../support/stack-process.ts';

// Every program of package.json that is ours.
const programs = Object.values(packageJson.scripts).flatMap((script) => {
  const [, file] = /^node (?:--\S+ )*(\S+\.ts)$/.exec(script) ?? [];
  return file === undefined ? [] : [file];
});

function run(program: string, ...words: string[]) {
  return promisify(execFile)(process.execPath, [program, ...words], { cwd: project }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ status: code, stdout, stderr }),
  );
}

test.each(programs)('%s --help says how it is used, and does nothing', async (program) => {
  const { status, stdout, stderr } = await run(program, '--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/npm (start|run )/);
});

test('they are the commands of package.json', () => {
  expect(programs.length).toBeGreaterThan(14);
});

test.each(programs)('%s names a flag that it does not have', async (program) => {
  const { status, stdout, stderr } = await run(program, '--norun');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^Unknown option '--norun'\./);
  expect(stderr).toMatch(/npm (start|run )/);
  expect(stderr).not.toMatch(/ {4}at /);
});

test.each(programs)('%s refuses a word too many', async (program) => {
  const { status, stdout, stderr } = await run(program, ...Array.from({ length: 9 }, (_, index) => `word-${index}`));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/word-\d/);
  expect(stderr).toMatch(/npm (start|run )/);
  expect(stderr).not.toMatch(/ {4}at /);
});
