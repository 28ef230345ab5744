import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, stackCredentials } from 'one-machine/guard/credentials.ts';
import { keptToken } from '../../local/callers/console-token.ts';

/** `npm start` as a process of its own, which may be killed without warning. */
export interface StackProcess {
  readonly child: ChildProcess;
  /** The console's address, once it is ready. */
  readonly url: string;
  /** What its AWS endpoints take. */
  readonly credentials: Credentials;
  /** Its database, as the superuser. */
  readonly databaseUrl: string;
  /** Resolves when a printed line matches; rejects when the process ends before. */
  line(pattern: RegExp): Promise<string>;
  printed(): string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Ctrl-C, and waits; resolves to the exit status. */
  interrupt(): Promise<number | null>;
}

/** The checkout the tests are in. */
export const project = path.resolve(import.meta.dirname, '../..');

/** Starts the stack on a folder, without a run of its own, and waits until it is ready. */
export async function startStackProcess(
  directory: string,
  variables: Readonly<Record<string, string>> = {},
  { flags = ['--no-run'], checkout = project }: { readonly flags?: readonly string[]; readonly checkout?: string } = {},
): Promise<StackProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/start.ts', ...flags], {
    cwd: checkout,
    env: { ...process.env, MILLRACE_DIRECTORY: directory, MILLRACE_PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((text) => pattern.test(text));
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The stack ended before it printed ${pattern}:\n${lines.join('\n')}`);
      }
      await sleep(10);
    }
  };
  await line(/Ready after/);
  const { url } = JSON.parse(await readFile(path.join(directory, 'running.json'), 'utf8')) as { url: string };
  const { aws, database } = await stackCredentials(directory);
  const addresses = (await (await fetch(`${url}/stack`)).json()) as { readonly database: string };
  const databaseUrl = new URL(addresses.database);
  databaseUrl.password = database.postgres;
  return {
    child,
    url,
    credentials: aws,
    databaseUrl: databaseUrl.href,
    line,
    printed: () => lines.join('\n'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async interrupt() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** Asks the stack's console, as the commands do. */
export async function askConsole<T>(stack: StackProcess, route: string, body?: unknown): Promise<T> {
  const response = await fetch(`${stack.url}${route}`, {
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

/** Asks the stack's API with the credentials that its folder holds. */
export async function askApi<T>(stack: StackProcess, directory: string, route: string, body?: object): Promise<T> {
  const { api } = await askConsole<{ api: string }>(stack, '/stack');
  const token = await keptToken(directory);
  const response = await fetch(`${api}${route}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  const answer = (await response.json()) as { result: T };
  if (!response.ok) throw new Error(`${route} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer.result;
}
