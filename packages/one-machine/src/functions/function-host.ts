import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../faults.ts';
import { fileBeside } from '../file-beside.ts';
import type { FunctionModel } from '../template/model.ts';
import { type Instance, type InstanceOutcome, startInstance } from './instance.ts';
import type { FunctionFailure } from './messages.ts';
import { waiters } from './waiters.ts';

/** A finished invocation, with what a log line tells about it. */
export type Invocation = InstanceOutcome & { readonly requestId: string; readonly milliseconds: number };

/** All instances of the function are busy (Lambda's 429). */
const throttled: FunctionFailure = {
  errorType: 'Lambda.TooManyRequestsException',
  errorMessage: 'Rate Exceeded.: all the concurrency reserved for the function is in use',
};

/** What "at least once" means: the work is done, and its caller isn't told. */
const killedAfterWork: FunctionFailure = {
  errorType: 'Runtime.ExitError',
  errorMessage: 'Killed after its work by the fault switch',
};

// Lambda's quota for a synchronous request and its answer.
const payloadLimitBytes = 6 * 1024 * 1024;
const requestTooLarge: FunctionFailure = {
  errorType: 'Lambda.RequestTooLargeException',
  errorMessage: `The event is larger than ${payloadLimitBytes} bytes`,
};
const answerTooLarge: FunctionFailure = {
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${payloadLimitBytes} bytes).`,
};

export interface FunctionHost {
  /** Waits for the result. More invocations at once than the function's bound are refused as throttled. */
  invoke(arn: string, event: unknown, requestId?: string): Promise<Invocation>;
  model(arnOrName: string): FunctionModel | undefined;
  /** Where the code is that the next invocation runs. */
  codeDirectory(arn: string): string;
  /** Uses other code from the next invocation on (a source changed); running invocations end on the old. */
  replaceCode(handler: string, directory: string): void;
  stop(): Promise<void>;
}

export interface FunctionHostOptions {
  readonly functions: readonly FunctionModel[];
  /** What every function gets beside its own variables (endpoints, region, credentials of this machine). */
  readonly environment: Readonly<Record<string, string>>;
  readonly temporaryDirectory: string;
  /** Where instances keep what V8 made of their code. */
  readonly compileCache: string;
  /** Addresses of modules from whose places AWS's SDK is taken where a function brings none, as in Lambda. @default none */
  readonly sdk?: readonly string[];
  /** Processes at most over all functions; beyond it an idle one of another function gives way. */
  readonly maximumInstances: number;
  readonly faults: Faults;
  readonly onLine: (handler: string, line: string) => void;
  readonly onInvocation?: (model: FunctionModel, invocation: Invocation) => void;
}

interface Pool {
  readonly model: FunctionModel;
  codeDirectory: string;
  running: number;
  /** Instances of the code of now; the others end after what they are doing. */
  readonly current: Set<Instance>;
  readonly idle: { readonly instance: Instance; readonly since: number }[];
}

// An idle instance gives its memory back; Lambda keeps one for minutes, here a cold start costs a tenth of a second.
const idleMs = 60_000;

// A function that has instances waits for one of them rather than have another's killed that is as busy: where more is asked
// for than there is room, each would otherwise start anew for every event, which costs more than the event. How long that
// is tells the last start, which takes many times as long on a busy machine.
const restedStarts = 20;
// All of them may be held by slow events; then it takes another's all the same.
const patientStarts = 4;
// Until one has been seen.
const firstStartMs = 250;

/** Runs the bundled functions, each instance in a process of its own. */
export function startFunctionHost(options: FunctionHostOptions): FunctionHost {
  const pools = new Map(options.functions.map((model) => [model.arn, newPool(model)]));
  const all = new Set<Instance>();
  const waiting = waiters();
  const bootstrap = plainBootstrap(options.temporaryDirectory);
  let startMs = firstStartMs;
  let stopping = false;

  async function instanceFor(pool: Pool): Promise<Instance> {
    const askedAt = Date.now();
    for (;;) {
      if (stopping) throw new Error('The function host is stopping');
      const idle = pool.idle.pop()?.instance;
      if (idle?.alive()) return idle;
      if (idle) continue;
      const leftMs = pool.current.size === 0 ? 0 : askedAt + patientStarts * startMs - Date.now();
      const restedMs = leftMs > 0 ? restedStarts * startMs : 0;
      if (all.size < options.maximumInstances || evictIdle(pools, restedMs)) return start(pool);
      await waiting.chance(leftMs > 0 ? leftMs : undefined);
    }
  }

  function start(pool: Pool): Instance {
    const temporaryDirectory = path.join(options.temporaryDirectory, pool.model.handler.replaceAll('/', '-'));
    mkdirSync(temporaryDirectory, { recursive: true });
    const instance = startInstance({
      bootstrap,
      model: pool.model,
      codeFile: codeFileOf(pool),
      sdk: options.sdk ?? [],
      environment: environmentOf(pool.model, options.environment),
      temporaryDirectory,
      compileCache: options.compileCache,
      onLine: (line) => options.onLine(pool.model.handler, line),
    });
    const startedAt = Date.now();
    void instance.ready.then(() => {
      startMs = Date.now() - startedAt;
    });
    all.add(instance);
    pool.current.add(instance);
    void instance.ended.then(() => {
      all.delete(instance);
      pool.current.delete(instance);
      waiting.wakeAll();
    });
    return instance;
  }

  function keep(pool: Pool, instance: Instance): void {
    if (instance.alive() && pool.current.has(instance) && !stopping) pool.idle.push({ instance, since: Date.now() });
    else instance.kill();
    waiting.wakeAll();
  }

  const sweep = setInterval(() => endIdle(pools), idleMs / 2);
  sweep.unref();

  async function invoke(arn: string, event: unknown, requestId = randomUUID() as string): Promise<Invocation> {
    const started = performance.now();
    const pool = pools.get(arn);
    if (!pool) throw new Error(`No function of the template has the ARN ${arn}`);
    const done = (outcome: InstanceOutcome): Invocation => {
      const invocation = { ...outcome, requestId, milliseconds: Math.round(performance.now() - started) };
      options.onInvocation?.(pool.model, invocation);
      return invocation;
    };
    const text = JSON.stringify(event) as string | undefined;
    if (Buffer.byteLength(text ?? '') > payloadLimitBytes)
      return done({ ok: false, error: requestTooLarge, memoryBytes: 0 });
    if (pool.running >= pool.model.concurrency) return done({ ok: false, error: throttled, memoryBytes: 0 });
    pool.running += 1;
    try {
      const instance = await instanceFor(pool);
      if (options.faults.crashBefore()) instance.kill();
      const outcome = await instance.invoke({ requestId, event: text });
      if (options.faults.crashAfter()) {
        instance.kill();
        return done({ ok: false, error: killedAfterWork, memoryBytes: 0 });
      }
      keep(pool, instance);
      if (outcome.ok && outcome.payloadBytes > payloadLimitBytes) {
        return done({ ok: false, error: answerTooLarge, memoryBytes: outcome.memoryBytes });
      }
      return done(outcome);
    } finally {
      pool.running -= 1;
    }
  }

  return {
    invoke,
    model: (arnOrName) => {
      const known = [...pools.values()].map(({ model }) => model);
      return known.find(({ arn, name, handler }) => [arn, name, handler].includes(arnOrName));
    },
    codeDirectory: (arn) => {
      const pool = pools.get(arn);
      if (!pool) throw new Error(`No function of the template has the ARN ${arn}`);
      return pool.codeDirectory;
    },
    replaceCode(handler, directory) {
      for (const pool of pools.values()) {
        if (pool.model.handler !== handler) continue;
        pool.codeDirectory = directory;
        pool.current.clear();
        for (const { instance } of pool.idle.splice(0)) instance.kill();
      }
    },
    async stop() {
      stopping = true;
      clearInterval(sweep);
      for (const instance of all) instance.kill();
      waiting.wakeAll();
      await Promise.race([Promise.all([...all].map(({ ended }) => ended)), sleep(5000, undefined, { ref: false })]);
    },
  };
}

function newPool(model: FunctionModel): Pool {
  return { model, codeDirectory: model.codeDirectory, running: 0, current: new Set(), idle: [] };
}

/** As Lambda finds it: the handler's file with whichever of a module's endings is there. */
function codeFileOf({ model, codeDirectory }: Pool): string {
  const file = path.join(codeDirectory, model.entry.file);
  return `${file}${['.js', '.mjs', '.cjs'].find((ending) => existsSync(file + ending)) ?? '.mjs'}`;
}

/** Ends the instances that have been idle for long. */
function endIdle(pools: ReadonlyMap<string, Pool>): void {
  for (const { idle } of pools.values()) {
    while (idle[0] && Date.now() - idle[0].since > idleMs) idle.shift()?.instance.kill();
  }
}

/** Ends the instance that has been idle longest, and so long, whichever function it is of: those of a running flow stay. */
function evictIdle(pools: ReadonlyMap<string, Pool>, forMs: number): boolean {
  const longest = [...pools.values()]
    .filter(({ idle }) => idle.length > 0)
    .reduce<Pool | undefined>((one, other) => (one && sinceOf(one) <= sinceOf(other) ? one : other), undefined);
  if (!longest || Date.now() - sinceOf(longest) < forMs) return false;
  longest.idle.shift()?.instance.kill();
  return true;
}

function sinceOf({ idle }: Pool): number {
  return idle[0]?.since ?? Number.POSITIVE_INFINITY;
}

/** The variables Lambda sets, ours for this machine, then the template's. */
function environmentOf(model: FunctionModel, machine: Readonly<Record<string, string>>): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMegabytes),
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    ...machine,
    ...model.environment,
  };
}

/** The bootstrap without its types, written once: 20 MB and 50 ms less for every instance than to strip them in each. */
function plainBootstrap(directory: string): string {
  const file = path.join(directory, 'bootstrap.mjs');
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, stripTypeScriptTypes(readFileSync(fileBeside(import.meta.url, 'bootstrap'), 'utf8')));
  return file;
}
