import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { PermanentError } from '../../../../lambdas/kit/errors.ts';
import { ArgumentError, defineTask, type TaskContext, type TaskFunction } from '../../../../lambdas/kit/task.ts';
import { serveFunctions } from '../../../../lambdas/tasks/processes/serve-functions.ts';

/** After the function's own end, or while its process may still be used. */
const soonMs = 20;
const laterMs = 300;

const common = {
  creator: 'test',
  published: true,
  summary: 'For tests.',
  input: z.object({}),
  output: z.any(),
  runsOn: 'worker',
  retries: 0,
} as const;

function nested(deep: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < deep; level += 1) value = [value];
  return value;
}

function circle(): object {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
}

function overflow(): number {
  return overflow() + 1;
}

const hostile = (): object =>
  new Proxy(
    {},
    {
      get() {
        throw new Error('the trap');
      },
      ownKeys() {
        throw new Error('the trap');
      },
    },
  );

/** What comes back can't be told to anybody. By the words that a failure must have. */
export const unholdable: Readonly<Record<string, { readonly give: () => unknown; readonly says: string }>> = {
  bigint: { give: () => ({ a: 10n }), says: 'BigInt' },
  nested: { give: () => nested(600), says: 'nested more than 500 deep' },
  nested_deep: { give: () => nested(5000), says: 'call stack' },
  circle: { give: circle, says: 'circular' },
  getter: {
    give: () => ({
      get a() {
        throw new Error('the getter');
      },
    }),
    says: 'the getter',
  },
  proxy: { give: hostile, says: 'the trap' },
  to_json: {
    give: () => ({
      toJSON() {
        throw new Error('the toJSON');
      },
    }),
    says: 'the toJSON',
  },
  function: { give: () => () => 1, says: 'function' },
  symbol: { give: () => ({ a: Symbol('a') }), says: 'symbol' },
  map: { give: () => ({ counts: new Map([['a', 1]]) }), says: 'Map' },
  set: { give: () => new Set([1]), says: 'Set' },
  not_a_number: { give: () => ({ share: 0 / 0 }), says: 'NaN' },
  huge: { give: () => 'x'.repeat(300 * 1024 * 1024), says: 'MB' },
  // Three bytes each, and the quotes.
  huge_wide: { give: () => '字'.repeat(30 * 1024 * 1024), says: '91 MB as JSON, more than 64 MB' },
};

/** What a function does to its process. By the words that a failure must have. */
export const destructive: Readonly<
  Record<string, { readonly act: (context: TaskContext) => unknown; readonly says: string }>
> = {
  exit: { act: () => process.exit(3), says: 'exit code 3' },
  exit_well: { act: () => process.exit(0), says: 'exit code 0' },
  abort: { act: () => process.abort(), says: 'SIGABRT' },
  kill: {
    act: async () => {
      process.kill(process.pid, 'SIGKILL');
      await sleep(60_000);
    },
    says: 'SIGKILL',
  },
  throws_later: {
    act: async () => {
      setTimeout(() => {
        throw new Error('thrown later');
      }, soonMs);
      await sleep(60_000);
    },
    says: 'thrown later',
  },
  rejects_unheard: {
    act: async () => {
      void Promise.reject(new Error('rejected unheard'));
      await sleep(60_000);
    },
    says: 'rejected unheard',
  },
  overflow: { act: () => overflow(), says: 'call stack' },
  heap: {
    act: () => {
      const all: unknown[] = [];
      for (;;) all.push(new Array(1000).fill(all.length));
    },
    says: 'MB of memory',
  },
  buffers: {
    act: async () => {
      const all: Buffer[] = [];
      for (;;) {
        all.push(Buffer.alloc(20 * 1024 * 1024, 1));
        await sleep(5);
      }
    },
    says: 'MB of memory',
  },
  throws_nothing_readable: {
    act: () => {
      throw hostile();
    },
    says: 'read',
  },
  throws_null: {
    act: () => {
      throw null;
    },
    says: 'null',
  },
  bad_words: {
    act: () => {
      throw new PermanentError('a\0b\ud800c');
    },
    says: 'c',
  },
  disconnects: {
    act: async () => {
      process.disconnect();
      await sleep(60_000);
    },
    says: 'process',
  },
};

const named = (name: string) => `test:${name}` as const;

export const functions: ReadonlyMap<string, TaskFunction> = new Map(
  [
    ...Object.entries(unholdable).map(([name, { give }]) =>
      defineTask({ ...common, name: named(name), timeoutSeconds: 60, run: async () => give() }),
    ),
    ...Object.entries(destructive).map(([name, { act }]) =>
      defineTask({ ...common, name: named(name), timeoutSeconds: 60, run: async (_input, context) => act(context) }),
    ),
    defineTask({
      ...common,
      name: named('spin'),
      timeoutSeconds: 1,
      run: async () => {
        for (;;);
      },
    }),
    defineTask({
      ...common,
      name: named('spin_long'),
      timeoutSeconds: 600,
      run: async (_input, { progress }) => {
        progress(process.pid);
        // What is said is on its way when the loop begins.
        await sleep(200);
        for (;;);
      },
    }),
    defineTask({
      ...common,
      name: named('echo'),
      input: z.object({ value: z.any() }),
      timeoutSeconds: 60,
      run: async ({ value }) => value,
    }),
    defineTask({
      ...common,
      name: named('opens_none'),
      timeoutSeconds: 60,
      run: async (_input, { files }) => files.open('file:none'),
    }),
    defineTask({
      ...common,
      name: named('is_asked_wrongly'),
      timeoutSeconds: 60,
      run: async () => {
        throw new ArgumentError('The file is no text.');
      },
    }),
    defineTask({
      ...common,
      name: named('gives_a_big_integer'),
      timeoutSeconds: 60,
      runsOn: 'steps',
      run: async (_input, { call }) => call('briefs/ask-export', { job_uuid: 10n }),
    }),
    defineTask({ ...common, name: named('pid'), timeoutSeconds: 60, run: async () => process.pid }),
    defineTask({
      ...common,
      name: named('leaves_a_bomb'),
      timeoutSeconds: 60,
      run: async () => {
        setTimeout(() => {
          throw new Error('the bomb of another');
        }, laterMs);
        return process.pid;
      },
    }),
    defineTask({
      ...common,
      name: named('nap'),
      input: z.object({ ms: z.number() }),
      timeoutSeconds: 60,
      run: async ({ ms }) => {
        await sleep(ms);
        return process.pid;
      },
    }),
    defineTask({
      ...common,
      name: named('long_nap'),
      input: z.object({ ms: z.number() }),
      timeoutSeconds: 840,
      run: async ({ ms }, { signal, checkpoint, resumeFrom }) => {
        if (resumeFrom !== undefined) return resumeFrom;
        await checkpoint({ napped: ms });
        await sleep(ms, undefined, { signal });
        return 'slept';
      },
    }),
    defineTask({
      ...common,
      name: named('until_others_end'),
      input: z.object({ others: z.number() }),
      timeoutSeconds: 60,
      run: async ({ others }, { read }) => {
        for (;;) {
          const [row] = await read(
            "SELECT count(*)::int AS n FROM tasks.tasks WHERE name = 'test:echo' AND ended_at > $1",
            [new Date(0)],
          );
          if (Number(row?.n) >= others) return row?.n;
          await sleep(50);
        }
      },
    }),
    defineTask({
      ...common,
      name: named('world'),
      timeoutSeconds: 60,
      run: async (_input, context) => {
        context.progress(40, 'half');
        context.log.info('a line', { n: 1 });
        const [row] = await context.read('SELECT $1::int AS n, now() AS at', [41]);
        const written = await context.read('DELETE FROM tasks.tasks').catch((error: Error) => error.message);
        const { size, stream } = await context.files.open('file:a');
        const bytes = (await Array.fromAsync(stream)).reduce((all, piece) => all + piece.length, 0);
        const missing = await context.files.open('file:none').catch((error: Error) => error.name);
        const secrets = Object.keys(process.env).filter((name) => /AWS|DATABASE|SECRET/.test(name));
        return { n: row?.n, date: row?.at instanceof Date, written, size, bytes, missing, secrets };
      },
    }),
  ].map((fn) => [fn.name, fn as TaskFunction]),
);

if (import.meta.main) serveFunctions(functions);
