import { type OpenedFile, type TaskContext, TaskStoppedError } from '#kit/task.ts';
import { jsonOf } from './json.ts';
import type { Asks, FromProcess, ToProcess } from './messages.ts';
import { tell, untold } from './told-error.ts';

/** A function's world inside its process: all of it is asked of the worker. */
export interface RemoteContext extends TaskContext {
  /** Takes up what the worker says to a running function. */
  hear(message: Exclude<ToProcess, { kind: 'run' }>): void;
  /** Sends the progress that wasn't sent yet. */
  flush(): void;
}

export interface RemoteContextParts {
  readonly taskId: string;
  readonly username: string;
  readonly resumeFrom: string | undefined;
  readonly send: (message: FromProcess) => void;
}

// An asynchronous invocation of Lambda and a state of Step Functions take 256 KiB, with an envelope around it.
const mostGivenBytes = 200 * 1024;
// The worker writes it every two seconds; a loop may say it a million times.
const progressEveryMs = 200;

/** All a function has of the world, by messages. */
export function remoteContext({ taskId, username, resumeFrom, send }: RemoteContextParts): RemoteContext {
  const controller = new AbortController();
  const { ask, answered } = questions(send);
  const said = progressTeller(send);
  const log = (level: 'info' | 'warn') => (message: string, fields?: Readonly<Record<string, unknown>>) =>
    send({ kind: 'log', level, message: String(message), fields: fieldsOf(fields) });
  return {
    taskId,
    username,
    signal: controller.signal,
    resumeFrom: resumeFrom === undefined ? undefined : (JSON.parse(resumeFrom) as unknown),
    log: { info: log('info'), warn: log('warn') },
    progress: said.progress,
    flush: said.flush,
    async checkpoint(state) {
      controller.signal.throwIfAborted();
      await ask('checkpoint', { state: jsonOf(state, 'The state of the checkpoint') });
    },
    read: async (statement, parameters = []) =>
      (await ask('read', { statement, parameters })) as Awaited<ReturnType<TaskContext['read']>>,
    call: async (capability, input) => ask('call', { capability, input: givenTo(input) }),
    files: {
      async open(file, { from = 0 } = {}): Promise<OpenedFile> {
        const opened = (await ask('open', { file, from })) as Omit<OpenedFile, 'stream'> & { readonly stream: number };
        return { ...opened, stream: pieces(opened.stream, ask) };
      },
    },
    hear(message) {
      if (message.kind === 'stop') return controller.abort(new TaskStoppedError(message.reason));
      answered(message);
    },
  };
}

function givenTo(input: unknown): unknown {
  return JSON.parse(jsonOf(input ?? null, 'What the step is given', mostGivenBytes));
}

/** Each has a number, which its answer names: they may come in another order. */
function questions(send: RemoteContextParts['send']) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  return {
    ask: <K extends keyof Asks>(what: K, given: Asks[K]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        // Throws, and so rejects, for what can't be copied to another process: a function among the parameters.
        send({ kind: 'ask', ask: asked, what, given } as FromProcess);
      }),
    answered(answer: Extract<ToProcess, { kind: 'answer' }>) {
      const { resolve, reject } = waiting.get(answer.ask) ?? {};
      waiting.delete(answer.ask);
      if ('error' in answer) reject?.(untold(answer.error));
      else resolve?.(answer.ok);
    },
  };
}

function progressTeller(send: RemoteContextParts['send']) {
  // What is said first goes at once: the clock begins with the process, which may be younger than the pause.
  let sentAt = Number.NEGATIVE_INFINITY;
  let unsent: Extract<FromProcess, { kind: 'progress' }> | undefined;
  const flush = () => {
    if (unsent) send(unsent);
    unsent = undefined;
    sentAt = performance.now();
  };
  return {
    flush,
    progress(percent: number, text?: string) {
      unsent = { kind: 'progress', percent: Number(percent), text: text === undefined ? undefined : String(text) };
      if (performance.now() - sentAt >= progressEveryMs) flush();
    },
  };
}

async function* pieces(
  stream: number,
  ask: (what: 'pull' | 'close', given: { stream: number }) => Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const piece = (await ask('pull', { stream })) as Uint8Array | undefined;
      if (piece === undefined) return;
      yield piece;
    }
  } finally {
    await ask('close', { stream });
  }
}

/** What can't be written is said to be so: a line of log must not end a task. */
function fieldsOf(fields: Readonly<Record<string, unknown>> = {}): string {
  try {
    return jsonOf(fields, 'The fields');
  } catch (error) {
    return JSON.stringify({ fields: tell(error) });
  }
}
