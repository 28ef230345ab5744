import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLog } from 'one-machine/terminal/log.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { copyCluster } from '../../packages/one-machine/test/support/clusters.ts';
import { askStack } from './ask-stack.ts';

/** A whole stack in a folder of its own, on ports of its own, in this process. */
export interface TestStack {
  readonly stack: Stack;
  readonly directory: string;
  /** Asks the API as an ordinary client; an answer that is not as documented fails the test. */
  api(route: string, init?: RequestInit): Promise<{ status: number; body: unknown }>;
  /** Everything the stack printed so far. */
  printed(): string;
  stop(): Promise<void>;
}

/** Starts the stack of the dev environment, or of a synthesized app. Variables win over the template's, as those of `npm start` do. */
export async function startTestStack(
  variables: Readonly<Record<string, string>> = {},
  directory?: string,
  assembly?: string,
): Promise<TestStack> {
  const folder = directory ?? (await newFolder());
  let printed = '';
  const log = openLog({
    json: false,
    source: 'millrace',
    file: path.join(folder, 'log', 'stack.jsonl'),
    write: (text) => {
      printed += text;
    },
  });
  const settings = {
    project: path.resolve(import.meta.dirname, '../..'),
    directory: folder,
    port: 0,
    environment: 'dev',
    assembly,
    variables,
  };
  const stack = await startStack(settings, log);
  return {
    stack,
    directory: folder,
    printed: () => printed,
    api: (route, init) => ask(stack, route, init),
    async stop() {
      await stack.stop();
      // A process that a killed function had started may have a last file in hand.
      if (directory === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/**
 * A folder whose database is there already, with every migration and the passwords that the folder tells: a start finds it
 * as a second start does. The first starts, from nothing, are those of `startStackProcess`.
 */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  // The account that PostgreSQL has where the tests run as root must be let through.
  await chmod(folder, 0o755);
  // Of a benchmark, beside which Vitest doesn't run, the first start makes its own.
  if (process.env.VITEST === undefined) return folder;
  await copyCluster('migrated', path.join(folder, 'postgres'));
  await copyFile(path.join(folder, 'postgres', 'credentials.json'), path.join(folder, 'credentials.json'));
  return folder;
}

async function ask(stack: Stack, route: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const { response, text } = await askStack(stack, route, init);
  return { status: response.status, body: JSON.parse(text) };
}

/** Waits until an execution of that name has ended and tells how. */
export async function runToEnd(
  stack: Stack,
  name: string,
  timeoutMs = 600_000,
): Promise<{ status: string; error?: string; cause?: string }> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    const { executions } = await stack.machines.list({ limit: 1000 });
    const run = executions.find((execution) => execution.name === name);
    if (run && run.status !== 'RUNNING') return run;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} has not ended after ${timeoutMs} ms`);
}
