import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { firstAdmin, tokenOf } from '../../../local/callers/console-token.ts';
import { startControl } from '../../../local/console/control.ts';
import { showApi } from '../../../local/terminal/summary.ts';
import { type Account, momentaryHeader, nowInSeconds } from '../../support/credentials.ts';
import { project } from '../../support/stack-process.ts';
import { flow } from './stack.ts';

/** What people type: the command that keeps the users, and the examples of the how-to. */

let control: Awaited<ReturnType<typeof startControl>>;
let admin: Account;

beforeAll(async () => {
  control = await startControl(flow.running.stack);
  await flow.running.stack.announce(control.url);
  const found = firstAdmin(flow.running.stack.services);
  if (!found) throw new Error('There is no admin');
  admin = found;
}, 600_000);

afterAll(() => control?.stop());

interface Ending {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  command: readonly [file: string, ...args: readonly string[]],
  variables: Record<string, string> = {},
  input = '',
): Promise<Ending> {
  const [file, ...args] = command;
  const env = { ...process.env, MILLRACE_DIRECTORY: flow.running.directory, ...variables };
  return new Promise((resolve) => {
    const child = execFile(file, args, { cwd: project, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code) || 1, stdout, stderr });
    });
    // One that reads nothing may have ended.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** `npm run users`, as a person runs it. */
const users = (words: string, input?: string) =>
  run([process.execPath, 'local/commands/users.ts', ...words.split(' ')], {}, input);

/** Functions that asked for the users a moment ago know a change a little later. */
const soon = { timeout: 300_000, interval: 200 };

function ask(of: Account, route: string) {
  const timestamp = String(nowInSeconds());
  return flow.ask(`${route}?_=${timestamp}`, { headers: { authorization: momentaryHeader(of, timestamp) } });
}

describe('npm run users', () => {
  test('adds, tells, disables, rotates and removes; no password is told again', async () => {
    const { status, stdout: password, stderr } = await users('add user-mei');
    expect(status, stderr).toBe(0);
    const mei = { name: 'user-mei', password: password.trim() };
    const works = async (of: Account, expected: number) =>
      vi.waitFor(async () => expect((await ask(of, '/platform/runs')).status).toBe(expected), soon);
    await works(mei, 200);

    const { stdout } = await users('list');
    expect(stdout).toContain('user-mei');
    expect(stdout).not.toContain(mei.password);
    expect(await users('add user-mei')).toMatchObject({ status: 1, stderr: 'There is a user user-mei already.\n' });

    const rotated = { ...mei, password: (await users('rotate user-mei')).stdout.trim() };
    await works(rotated, 200);
    await works(mei, 401);
    expect(await users('disable user-mei')).toEqual({ status: 0, stdout: 'Done.\n', stderr: '' });
    await works(rotated, 401);
    expect((await users('list')).stdout).toMatch(/^user-mei {2}disabled$/m);
    await users('enable user-mei');
    await works(rotated, 200);
    await users('remove user-mei');
    expect((await users('list')).stdout).not.toContain('user-mei');
  }, 600_000);

  test('rotates with an overlap, in which both passwords let the user in', async () => {
    const old = { name: 'user-ova', password: (await users('add user-ova')).stdout.trim() };
    const { stdout, stderr } = await users('rotate user-ova --overlap 2h');
    const rotated = { ...old, password: stdout.trim() };
    expect(rotated.password, stderr).toMatch(/^\w{48}$/);
    const works = async (of: Account, expected: number) =>
      vi.waitFor(async () => expect((await ask(of, '/platform/runs')).status).toBe(expected), soon);

    await works(rotated, 200);
    await works(old, 200);
    expect((await users('list')).stdout).toMatch(/^user-ova {2}password of before until 20\d\d-/m);
    for (const overlap of ['31d', '2', 'soon'])
      expect(await users(`rotate user-ova --overlap ${overlap}`)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('--overlap'),
      });
    await users('rotate user-ova');
    await works(old, 401);
    await works(rotated, 401);
  }, 600_000);

  test('gives permissions and takes them, which counts soon', async () => {
    const bea = { name: 'user-bea', password: (await users('add user-bea')).stdout.trim() };
    const cy = { name: 'user-cy', password: (await users('add user-cy --permission operate')).stdout.trim() };
    const answers = async (of: Account, expected: number) =>
      vi.waitFor(async () => expect((await ask(of, '/platform/failures')).status).toBe(expected), soon);
    await answers(bea, 403);
    await answers(cy, 200);

    expect(await users('give user-bea operate')).toMatchObject({ status: 0 });
    await answers(bea, 200);
    expect((await users('list')).stdout).toMatch(/^user-bea {2}operate$/m);
    await users('take user-bea operate');
    await answers(bea, 403);
    expect(await users('give user-bea root')).toMatchObject({
      status: 1,
      stderr: 'There is no permission root; there are operate and admin.\n',
    });
    expect(await users('add user-dan --permission root')).toMatchObject({ status: 1 });
    expect((await users('list')).stdout).not.toContain('user-dan');
  }, 600_000);

  test('takes the password that a client has already', async () => {
    expect(await users('add old-client --password-stdin', 's3cret\n')).toMatchObject({ status: 0, stdout: 'Done.\n' });
    const client = { name: 'old-client', password: 's3cret' };

    await vi.waitFor(async () => expect((await ask(client, '/presale/runs')).status).toBe(200), soon);
  });

  test('makes tokens and takes them back', async () => {
    const token = (await users('token add admin --note laptop')).stdout.trim();
    const status = async () =>
      (await flow.ask('/platform/failures', { headers: { authorization: `Bearer ${token}` } })).status;
    await vi.waitFor(async () => expect(await status()).toBe(200), soon);
    const { stdout } = await users('list');
    const [, id = ''] = /token (t-\w+) .* laptop/.exec(stdout) ?? [];
    expect(stdout).not.toContain(token);

    expect(await users(`token revoke ${id}`)).toMatchObject({ status: 0 });
    await vi.waitFor(async () => expect(await status()).toBe(401), soon);
  }, 600_000);

  test('says what it knows when it is asked for something else', async () => {
    for (const words of ['dance', 'add', 'token', 'token add', 'list all']) {
      const { status, stderr } = await users(words);
      expect([status, stderr], words).toEqual([1, expect.stringContaining('npm run users -- <what>')]);
    }
  });
});

describe('npm run keys', () => {
  const keys = (words: string) => run([process.execPath, 'local/commands/keys.ts', ...words.split(' ')]);

  test.each(['links', 'callbacks'])(
    'rotates the key of %s: both are accepted, and the old one signs on for a while',
    async (key) => {
      const [, before = ''] = /^signs and is accepted: {2}(\S{48})\n$/.exec((await keys(`show ${key}`)).stdout) ?? [];
      expect(before).not.toBe('');

      const { status, stdout, stderr } = await keys(`rotate ${key} --overlap 7d`);

      expect(status, stderr).toBe(0);
      const [signing, ...others] = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/: +/)[1]);
      expect(signing).toBe(before);
      expect(others).toEqual([expect.stringMatching(/^\S{48}$/)]);
      expect((await keys(`show ${key}`)).stdout).toBe(stdout);
    },
  );

  test('knows no other key: hashes of erased users are never made anew', async () => {
    for (const words of ['rotate erasure', 'rotate', 'dance links'])
      expect(await keys(words), words).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run keys') });
  });
});

test('the line to try that npm start prints works as it is pasted', async (context) => {
  const here = await run(['bash', '-c', 'command -v curl md5sum']);
  if (here.status !== 0) context.skip('curl and md5sum are needed');
  showApi(flow.running.stack);
  const [, line = ''] = /Try it +(.*)/.exec(flow.running.printed()) ?? [];
  const { stdout, stderr } = await run(['bash', '-c', line.replace('curl ', 'curl -s ')]);

  expect(line).toContain('md5sum');
  expect(JSON.parse(stdout), stderr).toHaveProperty('result.data');
  expect(flow.running.printed()).toMatch(/ User {11}admin, password \w{48}\n/);
  expect(flow.running.printed()).toContain(` Token          ${tokenOf(flow.running.stack.services)}\n`);
});

describe('the examples of docs/how-to/call-the-api.md', () => {
  const variables = () => ({
    API: flow.running.stack.wiring.api?.url ?? '',
    USER: admin.name,
    PASSWORD: admin.password,
    TOKEN: tokenOf(flow.running.stack.services),
  });

  async function examples(language: string): Promise<readonly string[]> {
    const text = await readFile('docs/how-to/call-the-api.md', 'utf8');
    return [...text.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, name, code = '']) =>
      name === language ? [code] : [],
    );
  }

  test('for a shell', async (context) => {
    const here = await run(['bash', '-c', 'command -v curl md5sum sha256sum openssl']);
    if (here.status !== 0) context.skip('curl, md5sum, sha256sum and openssl are needed');
    const [basic = '', hmac = '', bearer = ''] = (await examples('sh')).filter((code) => code.includes('curl'));

    for (const code of [basic, bearer]) {
      const { stdout, stderr } = await run(['bash', '-c', code.replaceAll('curl ', 'curl -s ')], variables());
      expect(JSON.parse(stdout), stderr).toHaveProperty('result.data');
    }
    const wrongSeason = hmac.replaceAll('curl ', 'curl -s ').replace('115S1', '1S9');
    const { stdout } = await run(['bash', '-c', wrongSeason], variables());
    expect(JSON.parse(stdout)).toMatchObject({ error: 'Bad Request' });
  });

  test('for Node', async () => {
    const calls = [
      "await ask('GET', '/presale/runs', { length: 3 })",
      "await ask('GET', '/presale/runs', 'length=3&start=0')",
    ];
    const posts = [
      "await ask('POST', '/tagger/try', {}, { nothing: 1 })",
      "await ask('POST', '/tagger/try', '', { nothing: 1 })",
    ];
    for (const [index, code] of (await examples('js')).entries()) {
      const program = `const { API, USER, PASSWORD } = process.env;\n${code.replace(/^import.*$/gm, '')}
        console.log(JSON.stringify([(${calls[index]}).status, (${posts[index]}).status]))`;
      const imports = (code.match(/^import.*$/gm) ?? []).join('\n');
      const node = [process.execPath, '--input-type=module', '-e', `${imports}\n${program}`] as const;
      const { stdout, stderr } = await run(node, variables());
      expect(stdout.trim(), stderr).toBe('[200,400]');
    }
  });

  test('for Python', async (context) => {
    if ((await run(['python3', '-c', 'import requests'])).status !== 0) context.skip('Python with requests is needed');
    const posts = ['json={"nothing": 1}', 'body={"nothing": 1}'];
    for (const [index, code] of (await examples('python')).entries()) {
      const program = `import os\nAPI, USER, PASSWORD = (os.environ[name] for name in ("API", "USER", "PASSWORD"))\n${code}
got = [ask("GET", "/presale/runs", {"length": 3}), ask("POST", "/tagger/try", ${posts[index]})]
print("statuses", [one.status_code for one in got])`;
      const { stdout, stderr } = await run(['python3', '-c', program], variables());
      expect(stdout, stderr).toContain('statuses [200, 400]');
    }
  });
});
