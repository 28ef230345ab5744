import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FunctionModel } from '../template/model.ts';
import type { FromInstance, FunctionFailure, ToInstance } from './messages.ts';

/** One finished invocation. */
export type InstanceOutcome =
  | { readonly ok: true; readonly payload: unknown; readonly payloadBytes: number; readonly memoryBytes: number }
  | { readonly ok: false; readonly error: FunctionFailure; readonly memoryBytes: number };

export interface InstanceOptions {
  /** The bootstrap as plain JavaScript. */
  readonly bootstrap: string;
  readonly model: FunctionModel;
  readonly codeFile: string;
  /** Addresses of modules from whose places AWS's SDK is taken where the function brings none. */
  readonly sdk: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly temporaryDirectory: string;
  readonly compileCache: string;
  readonly onLine: (line: string) => void;
}

/** One running copy of a function: serves one event at a time and may be used again. */
export interface Instance {
  /** `false` once the process is gone or must not serve again. */
  alive(): boolean;
  invoke(call: Call): Promise<InstanceOutcome>;
  kill(): void;
  /** That it can serve, or why it can't. */
  readonly ready: Promise<FunctionFailure | undefined>;
  readonly ended: Promise<void>;
}

/** An event on its way in; it is JSON, or nothing. */
export interface Call {
  readonly requestId: string;
  readonly event: string | undefined;
}

// From this size on Lambda gives a function a processor of its own, so it is there for throughput.
const wholeProcessorMegabytes = 1769;
const outOfMemoryExit = 137;

/** Starts a process with the function's environment, memory bound and a file system that is read-only but for temporary files. */
export function startInstance(options: InstanceOptions): Instance {
  const { model } = options;
  const child = fork(options.bootstrap, {
    execArgv: boundsOf(options),
    env: {
      ...options.environment,
      TMPDIR: options.temporaryDirectory,
      ONE_MACHINE_CODE: options.codeFile,
      ONE_MACHINE_HANDLER: model.entry.exported,
      ...(options.sdk.length === 0 ? {} : { ONE_MACHINE_SDK: options.sdk.join(' ') }),
      ONE_MACHINE_COMPILE_CACHE: options.compileCache,
      ONE_MACHINE_MEMORY_MB: String(model.memoryMegabytes),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Texts are copied as they are; as JSON every quote of theirs would be escaped.
    serialization: 'advanced',
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', options.onLine);

  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = readiness(child);
  return {
    alive: () => !child.killed && child.exitCode === null && child.signalCode === null,
    ready,
    ended,
    kill: () => void child.kill('SIGKILL'),
    invoke: (call) => invoke(child, model, ready, call),
  };
}

/** Node.js's own arguments: its memory, and what it may touch. */
function boundsOf({ model, temporaryDirectory, compileCache }: InstanceOptions): string[] {
  return [
    // The heap may use the whole size; resident memory is watched inside.
    `--max-old-space-size=${model.memoryMegabytes}`,
    // Young garbage is collected sooner: a few megabytes less for each of many processes on one machine.
    `--max-semi-space-size=${model.memoryMegabytes >= wholeProcessorMegabytes ? 16 : 4}`,
    '--disable-warning=ExperimentalWarning',
    '--permission',
    // A function may start threads and processes, as in Lambda. They could get around the read-only file system, which is
    // kept here to show mistakes and not to hold an attacker; Node.js warns of that at each start.
    '--allow-child-process',
    '--allow-worker',
    '--disable-warning=SecurityWarning',
    '--allow-fs-read=*',
    '--allow-fs-write=/tmp',
    `--allow-fs-write=${temporaryDirectory}`,
    // Node.js itself writes there, and asks its own permissions.
    `--allow-fs-write=${compileCache}`,
  ];
}

function readiness(child: ChildProcess): Promise<FunctionFailure | undefined> {
  return new Promise((resolve) => {
    const decide = (message: FromInstance) => {
      if (message.kind === 'ready') resolve(undefined);
      else if (message.kind === 'broken') resolve(message.error);
      else return;
      child.off('message', decide);
    };
    child.on('message', decide);
    child.once('exit', (code) => resolve(exitFailure(code)));
    child.once('error', (error) => resolve({ errorType: 'Runtime.ExitError', errorMessage: error.message }));
  });
}

async function invoke(
  child: ChildProcess,
  model: FunctionModel,
  ready: Promise<FunctionFailure | undefined>,
  call: Call,
): Promise<InstanceOutcome> {
  const broken = await ready;
  if (broken) {
    child.kill('SIGKILL');
    return { ok: false, error: broken, memoryBytes: 0 };
  }
  return new Promise((resolve) => {
    const finish = (outcome: InstanceOutcome) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(outcome);
    };
    const onMessage = (message: FromInstance) => {
      if (message.kind === 'result' && message.requestId === call.requestId) {
        const { payload: text, memoryBytes } = message;
        finish({ ok: true, payload: JSON.parse(text), payloadBytes: Buffer.byteLength(text), memoryBytes });
      } else if (message.kind === 'failure' && message.requestId === call.requestId) {
        finish({ ok: false, error: message.error, memoryBytes: message.memoryBytes });
      }
    };
    const onExit = (code: number | null) => finish({ ok: false, error: exitFailure(code), memoryBytes: 0 });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish({ ok: false, error: timeoutFailure(model), memoryBytes: 0 });
    }, model.timeoutSeconds * 1000);
    child.on('message', onMessage);
    child.once('exit', onExit);
    const deadline = Date.now() + model.timeoutSeconds * 1000;
    const message: ToInstance = { kind: 'invoke', ...call, deadline, functionArn: model.arn };
    child.send(message, (error) => {
      if (error)
        finish({ ok: false, error: { errorType: 'Runtime.ExitError', errorMessage: error.message }, memoryBytes: 0 });
    });
  });
}

function timeoutFailure(model: FunctionModel): FunctionFailure {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `Task timed out after ${model.timeoutSeconds.toFixed(2)} seconds`,
  };
}

function exitFailure(code: number | null): FunctionFailure {
  if (code === outOfMemoryExit)
    return { errorType: 'Runtime.OutOfMemory', errorMessage: 'The function used more than its memory size' };
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `Runtime exited${code === null ? ' by a signal' : ` with status ${code}`}`,
  };
}
