import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Faults, faultSwitch } from '../../src/faults.ts';
import { type FunctionHost, type Invocation, startFunctionHost } from '../../src/functions/function-host.ts';
import type { FunctionModel } from '../../src/template/model.ts';

/** A function host over handlers written as text, in a folder of its own. */
export interface TestHost {
  readonly host: FunctionHost;
  readonly directory: string;
  readonly faults: Faults;
  readonly lines: string[];
  readonly invocations: Invocation[];
  /** By the name given to {@link startTestHost}. */
  invoke(name: string, event?: unknown): Promise<Invocation>;
  /** Writes other code to a folder of its own and returns it. */
  write(name: string, code: string): Promise<string>;
  stop(): Promise<void>;
}

export const arnOf = (name: string) => `arn:aws:lambda:ap-northeast-1:000000000000:function:${name}`;

/** Functions by name: the module's text, and what differs from a small function. */
export async function startTestHost(
  functions: Readonly<Record<string, { readonly code: string } & Partial<FunctionModel>>>,
  options: { readonly maximumInstances?: number; readonly random?: () => number } = {},
): Promise<TestHost> {
  const directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  const write = async (name: string, code: string) => {
    const folder = await mkdtemp(join(directory, `${name}-`));
    await writeFile(join(folder, 'index.mjs'), code);
    return folder;
  };
  const models: FunctionModel[] = [];
  for (const [name, { code, ...changes }] of Object.entries(functions)) {
    models.push({
      name,
      arn: arnOf(name),
      handler: `test/${name}`,
      entry: { file: 'index', exported: 'handler' },
      codeDirectory: await write(name, code),
      environment: {},
      timeoutSeconds: 10,
      memoryMegabytes: 256,
      concurrency: 10,
      retries: 2,
      onFailure: undefined,
      ...changes,
    });
  }
  const temporaryDirectory = join(directory, 'tmp');
  await mkdir(temporaryDirectory);
  const lines: string[] = [];
  const invocations: Invocation[] = [];
  const faults = faultSwitch(options.random);
  const host = startFunctionHost({
    functions: models,
    environment: { AWS_REGION: 'ap-northeast-1' },
    temporaryDirectory,
    compileCache: join(directory, 'compile-cache'),
    maximumInstances: options.maximumInstances ?? 4,
    faults,
    onLine: (_handler, line) => lines.push(line),
    onInvocation: (_model, invocation) => invocations.push(invocation),
  });
  return {
    host,
    directory,
    faults,
    lines,
    invocations,
    write,
    invoke: (name, event = {}) => host.invoke(arnOf(name), event),
    async stop() {
      await host.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
