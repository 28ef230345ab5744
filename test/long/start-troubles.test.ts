import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from 'one-machine/services/free-port.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askApi, project, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/** What a start says and does while something that it needs is away: the ministry's site from the first moment, then the database. */

let home: string;
let state: string;
/** Where nothing listens. */
let site: string;
let stack: StackProcess;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'millrace-troubles-'));
  state = path.join(home, 'state');
  site = `http://127.0.0.1:${await freePort()}`;
  stack = await startStackProcess(state, { PRESALE_SITE_URL: site }, { flags: [] });
}, 900_000);

afterAll(async () => {
  await stack?.interrupt();
  await rm(home, { recursive: true, force: true });
});

test('how to get in is printed before the first run, which says what it waits for and until when', async () => {
  await stack.line(/Run \d{4}-\d\d-\d\d waits until \d\d:\d\d:\d\d: /);
  await stack.line(/Wait an hour: until \d\d:\d\d:\d\d/);
  const lines = stack.printed().split('\n');
  const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));

  for (const part of ['Console', 'API', 'User', 'Try it', 'Token'])
    expect(at(new RegExp(` ${part} {2,}\\S`)), part).toBeLessThan(at(/Plan the run/));
  expect(lines[at(/ waits until /)]).toMatch(/waits until \d\d:\d\d:\d\d: .*127\.0\.0\.1.*ECONNREFUSED/);
});

test('the API says the same', async () => {
  const { data } = await askApi<{ data: { state: string; waits_for: string; waits_until: string }[] }>(
    stack,
    state,
    '/presale/runs',
  );

  expect(data[0]).toMatchObject({ state: 'running', waits_for: expect.stringMatching(/\S/) });
  expect(new Date(data[0]?.waits_until ?? 0).getTime()).toBeGreaterThan(Date.now());
});

test('the other examples do not wait for it', async () => {
  await stack.line(/Ctrl-C stops everything/);

  expect(stack.printed()).not.toContain('broke off');
});

test('doctor names the site', async () => {
  const env = { ...process.env, MILLRACE_DIRECTORY: state };
  await expect
    .poll(async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ['local/commands/doctor.ts'], {
        cwd: project,
        env,
      }).catch((error: { stdout: string }) => error);
      return stdout;
    })
    .toMatch(/^NO +site +presale-site .*127\.0\.0\.1/m);
});

test('a database that is killed is started again, and the API answers as before', async () => {
  const [pid] = (await readFile(path.join(await dataFolder(), 'postmaster.pid'), 'utf8')).split('\n');

  process.kill(Number(pid), 'SIGKILL');

  await stack.line(/PostgreSQL has ended/);
  await stack.line(/PostgreSQL runs again/);
  await expect.poll(() => askApi(stack, state, '/presale/runs').then(() => 'answered', String)).toBe('answered');
});

test('Ctrl-C ends it, and the run goes on waiting at the next start', async () => {
  expect(await stack.interrupt(), stack.printed()).toBe(0);
  stack = await startStackProcess(state, { PRESALE_SITE_URL: site }, { flags: [] });

  await stack.line(/Run \d{4}-\d\d-\d\d waits until/);
  await stack.line(/Ctrl-C stops everything/);
});

/** Below the folder of the state, or where a start as root puts it. */
async function dataFolder(): Promise<string> {
  const { stdout } = await promisify(execFile)('find', ['-L', path.join(state, 'postgres'), '-name', 'postmaster.pid']);
  return path.dirname(stdout.trim().split('\n')[0] ?? '');
}
