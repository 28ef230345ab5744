import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { PermanentError } from '#kit/errors.ts';
import type { TaskFunction } from '#kit/task.ts';
import { jsonOf } from './json.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { type RemoteContext, remoteContext } from './remote-context.ts';
import { tell } from './told-error.ts';

/**
 * Inside the process of a function: runs one at a time, as the worker says. Whatever the function does, the worker hears
 * how it ended, if only by the end of the process.
 */
export function serveFunctions(functions: ReadonlyMap<string, TaskFunction>): void {
  let context: RemoteContext | undefined;
  let uncaught: { readonly error: unknown } | undefined;
  const end = (error: unknown) => {
    uncaught ??= { error };
    // Between two tasks only the log can be told.
    if (!context) throw error;
    context = undefined;
    const last: FromProcess = { kind: 'failed', error: tell(error), left: true, fatal: true };
    process.send?.(last, () => process.exit(1));
  };
  process.on('uncaughtException', end);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToProcess) => {
    if (message.kind === 'run') void run(message);
    else context?.hear(message);
  });
  async function run({ name, input, ...work }: Extract<ToProcess, { kind: 'run' }>): Promise<void> {
    const own = remoteContext({ ...work, send });
    context = own;
    let last: Extract<FromProcess, { kind: 'done' | 'failed' }>;
    try {
      const fn = functions.get(name);
      if (!fn) throw new PermanentError(`There is no function ${name} any more.`);
      const result = Buffer.from(jsonOf(await fn.run(JSON.parse(input), own), 'The result'));
      last = { kind: 'done', result, left: false };
    } catch (error) {
      last = { kind: 'failed', error: tell(error), left: false, fatal: false };
    }
    // An unhandled rejection is reported at the end of the event loop's turn in which it came.
    await nextTurn();
    if (uncaught) return;
    own.flush();
    context = undefined;
    send({ ...last, left: leftBehind() });
  }

  watchParent();
  send({ kind: 'ready' });
}

function send(message: FromProcess): void {
  process.send?.(message);
}

/** Timers, sockets or requests that a function has not ended: it may go on after its result. Pipes are the process's own. */
function leftBehind(): boolean {
  return process.getActiveResourcesInfo().some((kind) => kind !== 'PipeWrap' && kind !== 'TTYWrap');
}

// A process whose main thread is busy for ever does not hear that its worker has died; this thread does.
const watching = `
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

function watchParent(): void {
  const heap = { maxOldGenerationSizeMb: 4, maxYoungGenerationSizeMb: 1 };
  new Worker(watching, { eval: true, resourceLimits: heap, stdout: false }).unref();
}
