import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CopiedCheckout, copyCheckout } from '../support/copied-checkout.ts';

/** The first start of a checkout in which nothing has been built, stopped by Ctrl-C, which reaches each of its processes. */

let copy: CopiedCheckout;
let build: string;

beforeAll(async () => {
  copy = await copyCheckout();
  build = path.join(copy.directory, 'build');
  await rm(build, { recursive: true });
  await mkdir(build);
});

afterAll(() => copy?.forget());

async function interruptedAt(progress: RegExp): Promise<{ readonly status: number | null; readonly lines: string[] }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/start.ts', '--no-run'], {
    cwd: copy.directory,
    env: { ...process.env, MILLRACE_DIRECTORY: path.join(copy.directory, '..', 'state'), MILLRACE_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal's.
    detached: true,
  });
  const ended = once(child, 'close');
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line.replace(/^\d\d:\d\d:\d\d {2}/, ''));
      // One that is ready was faster than what this looks for, and would never end.
      const isTime = progress.test(line) || line.includes('Ready after');
      if (isTime && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    });
  const [status] = (await ended) as [number | null];
  return { status, lines };
}

async function leftBehind(): Promise<string[]> {
  const names = await readdir(build, { recursive: true });
  return names.filter((name) => /\.(new|old)-\d+$|^(local|console)\/[^/]+\.\w+$/.test(name));
}

test.each([/Starting\./, /the functions are being bundled: [1-9]\d* of \d+|the template is being synthesized/])(
  'Ctrl-C at "%s" leaves nothing half made behind, and says nothing wrong',
  async (progress) => {
    const { status, lines } = await interruptedAt(progress);

    expect(lines.at(-1)).toBe('Stopped before it was ready. The next start goes on from here.');
    expect(lines.slice(1, -1).filter((line) => !line.startsWith('Still starting, after '))).toEqual([]);
    expect(status).toBe(0);
    expect(await leftBehind()).toEqual([]);
  },
  900_000,
);
