/**
 * Runs inside a function instance: loads the asset's handler and serves one event at a time, as Lambda's Node.js
 * runtime does. Everything it needs comes as environment variables; when the runtime dies, so does it.
 */
import { enableCompileCache, flushCompileCache, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FromInstance, FunctionFailure, ToInstance } from './messages.ts';

type Handler = (event: unknown, context: object) => unknown;

const {
  ONE_MACHINE_CODE,
  ONE_MACHINE_HANDLER = 'handler',
  ONE_MACHINE_SDK,
  ONE_MACHINE_COMPILE_CACHE,
  ONE_MACHINE_MEMORY_MB = '128',
} = process.env;
delete process.env.ONE_MACHINE_CODE;
delete process.env.ONE_MACHINE_HANDLER;
delete process.env.ONE_MACHINE_SDK;
delete process.env.ONE_MACHINE_COMPILE_CACHE;
delete process.env.ONE_MACHINE_MEMORY_MB;

// Lambda kills a sandbox whose resident memory passes its size.
const memoryLimitBytes = Number(ONE_MACHINE_MEMORY_MB) * 1024 * 1024;
const outOfMemoryExit = 137;
const memoryCheckMs = 50;

let peakBytes = 0;
function watchMemory(): void {
  const rss = process.memoryUsage.rss();
  peakBytes = Math.max(peakBytes, rss);
  if (rss > memoryLimitBytes) process.exit(outOfMemoryExit);
}

function send(message: FromInstance): void {
  process.send?.(message);
}

function failureOf(thrown: unknown): FunctionFailure {
  if (!(thrown instanceof Error)) return { errorType: 'Error', errorMessage: String(thrown) };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

async function serve(handler: Handler, message: ToInstance): Promise<void> {
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: ONE_MACHINE_MEMORY_MB,
    awsRequestId: message.requestId,
    logGroupName: `/aws/lambda/${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
    logStreamName: String(process.pid),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  };
  peakBytes = 0;
  watchMemory();
  const watch = setInterval(watchMemory, memoryCheckMs);
  try {
    const event: unknown = message.event === undefined ? undefined : JSON.parse(message.event);
    const payload = (JSON.stringify(await handler(event, context)) as string | undefined) ?? 'null';
    watchMemory();
    send({ kind: 'result', requestId: message.requestId, payload, memoryBytes: peakBytes });
  } catch (error) {
    send({ kind: 'failure', requestId: message.requestId, error: failureOf(error), memoryBytes: peakBytes });
  } finally {
    clearInterval(watch);
    keepCompiled();
  }
}

/** Instances end by SIGKILL, so what V8 compiled is written after the first event, with the functions which that needed. */
let kept = false;
function keepCompiled(): void {
  if (kept) return;
  kept = true;
  flushCompileCache();
}

/** Lambda's runtime brings AWS's SDK along: a function that has none of its own gets that of the folder it was started in. */
function lendSdk(places: readonly string[]): void {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!/^@(aws-sdk|smithy)\//.test(specifier)) throw error;
        for (const parentURL of places) {
          try {
            return next(specifier, { ...context, parentURL });
          } catch {
            // The next place may have it.
          }
        }
        throw error;
      }
    },
  });
}

/** What a module of either kind exports by a name. */
function exportedBy(module: Readonly<Record<string, unknown>>, name: string): Handler {
  const { default: whole } = module as { readonly default?: Readonly<Record<string, unknown>> };
  const found = module[name] ?? whole?.[name];
  if (typeof found === 'function') return found as Handler;
  throw Object.assign(new Error(`${ONE_MACHINE_CODE} exports no function ${name}`), {
    name: 'Runtime.HandlerNotFound',
  });
}

process.on('disconnect', () => process.exit(0));
enableCompileCache(ONE_MACHINE_COMPILE_CACHE);
try {
  if (ONE_MACHINE_SDK !== undefined) lendSdk(ONE_MACHINE_SDK.split(' '));
  const module = (await import(pathToFileURL(String(ONE_MACHINE_CODE)).href)) as Readonly<Record<string, unknown>>;
  const handler = exportedBy(module, ONE_MACHINE_HANDLER);
  process.on('message', (message: ToInstance) => void serve(handler, message));
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'broken', error: failureOf(error) });
}
