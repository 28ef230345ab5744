import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { project } from '../../support/stack-process.ts';

const programs = [
  'local/start.ts',
  ...['doctor', 'export-brief', 'invoke', 'reset', 'trigger', 'users'].map((name) => `local/commands/${name}.ts`),
];

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

test.each(programs)('%s names a flag that it does not have', async (program) => {
  const { status, stdout, stderr } = await run(program, '--norun');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^Unknown option '--norun'\./);
  expect(stderr).toMatch(/npm (start|run )/);
  expect(stderr).not.toMatch(/ {4}at /);
});
