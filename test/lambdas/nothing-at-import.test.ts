import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { handlerFiles } from '../../bin/handler-files.ts';

const run = promisify(execFile);

/**
 * Imports one file after the other in a process of its own and tells what each left open. What two of them share is told
 * of the first; a handle also keeps the process from ending.
 */
const script = `
  const told = {};
  // The module loader's own turns of the event loop are over.
  const settled = async () => {
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return process.getActiveResourcesInfo().filter((name) => !/^(TTY|Pipe)Wrap$/.test(name));
  };
  for (const file of process.argv.slice(1)) {
    const before = (await settled()).length;
    try {
      const { handler } = await import(file);
      told[file] = { handler: typeof handler, opened: (await settled()).slice(before) };
    } catch (error) {
      told[file] = String(error);
    }
  }
  process.stdout.write(JSON.stringify(told));
`;

const files = [...handlerFiles().values()];
const urlOf = (file: string) => new URL(`../../${file}`, import.meta.url).href;
let told: Readonly<Record<string, unknown>>;
let errors: string;

beforeAll(async () => {
  const program = ['--input-type=module', '-e', script, ...files.map(urlOf)];
  const { stdout, stderr } = await run(process.execPath, program, { env: { PATH: '' }, timeout: 600_000 });
  told = JSON.parse(stdout);
  errors = stderr;
});

test.each(files)('%s can be imported in an empty environment and opens nothing', (file) => {
  expect(told[urlOf(file)]).toEqual({ handler: 'function', opened: [] });
});

test('none of them says anything', () => {
  expect(errors).toBe('');
});
