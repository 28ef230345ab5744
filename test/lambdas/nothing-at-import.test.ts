import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** Imports a file in a process of its own and tells what it left open; a handle also keeps the process from ending. */
const script = `
  const before = process.getActiveResourcesInfo().length;
  const { handler } = await import(process.argv[1]);
  process.stdout.write(JSON.stringify({
    handler: typeof handler,
    opened: process.getActiveResourcesInfo().slice(before).filter((name) => !/^(TTY|Pipe)Wrap$/.test(name)),
  }));
`;

test.each(globSync('lambdas/*/*.handler.ts'))(
  '%s can be imported in an empty environment and opens nothing',
  async (file) => {
    const options = { env: { PATH: '' }, timeout: 600_000 };
    const url = new URL(`../../${file}`, import.meta.url).href;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script, url], options);

    expect(JSON.parse(stdout)).toEqual({ handler: 'function', opened: [] });
    expect(stderr).toBe('');
  },
);
