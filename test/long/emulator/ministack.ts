import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from 'one-machine/services/free-port.ts';

const run = promisify(execFile);

/** The version that the stubs are written for: they reach into it. */
const version = '1.5.33';
const stubs = path.join(import.meta.dirname, 'stubs.py');

export const region = 'ap-northeast-1';
export const account = '000000000000';

/** Python with MiniStack in it, or why there is none. MINISTACK_PYTHON names one that has it already. */
export async function pythonWithMiniStack(
  directory: string,
): Promise<{ readonly python: string } | { readonly why: string }> {
  const given = process.env.MINISTACK_PYTHON;
  if (given !== undefined) return { python: given };
  try {
    await run('python3', ['-m', 'venv', directory]);
    await run(path.join(directory, 'bin/pip'), ['install', '--quiet', `ministack==${version}`]);
    return { python: path.join(directory, 'bin/python') };
  } catch (error) {
    return { why: `pip install ministack==${version} fails: ${String(error).split('\n')[0]}` };
  }
}

/** A running MiniStack, and what programs that ask it must have in their environment. */
export interface MiniStack {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The end of what it printed. */
  printed(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts MiniStack with the stubs. `told` is what the stubs read: PROOF_... */
export async function startMiniStack(
  python: string,
  directory: string,
  told: Readonly<Record<string, string>>,
): Promise<MiniStack> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // What a person's shell names is none of this.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  // It unpacks functions there, and Node.js asks the next package.json above them what they are: this one says nothing.
  const temporary = path.join(directory, 'functions');
  await mkdir(temporary);
  await writeFile(path.join(temporary, 'package.json'), '{}');
  const log = path.join(directory, 'ministack.log');
  const output = createWriteStream(log);
  await new Promise((resolve) => output.once('open', resolve));
  const server = spawn(python, [stubs], {
    cwd: directory,
    env: {
      HOME: directory,
      TMPDIR: temporary,
      // Functions run under the Node.js that this process has: Lambda's own major version.
      PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      ...environment,
      ...told,
    },
    stdio: ['ignore', output, output],
    // A group of its own, so that what it has started ends with it.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const printed = async () => (await readFile(log, 'utf8')).slice(-20_000);
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    endGroup(server.pid);
  };
  while (!(await answers(`${url}/_ministack/health`))) {
    if (server.exitCode !== null) throw new Error(`MiniStack did not start:\n${await printed()}`);
    await wait(200);
  }
  return { url, environment, printed, stop };
}

/** Functions that it leaves behind, and programs that they have started. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // Nobody is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
