import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { PermanentError, TransientError } from '#kit/errors.ts';
import { defineTask, type TaskContext } from '#kit/task.ts';

const input = z.object({
  seconds: z.number().min(0).max(86_400).meta({ description: 'How long.' }),
  fail: z
    .enum(['never', 'passing', 'lasting'])
    .default('never')
    .meta({ description: 'How it ends: well, with an error that is tried again, or with one that is not.' }),
});

const output = z.object({ waited_seconds: z.number() });

const common = {
  doc: 'Does nothing but wait, tell its progress and stop when it is told to: to try what happens to a task.',
  creator: 'millrace',
  published: true,
  publishedOn: '2026-11-21',
  input,
  output,
  retries: 2,
};

/** `tasks.general.example:wait` */
export const wait = defineTask({
  ...common,
  name: 'tasks.general.example:wait',
  summary: 'Waits, in the worker.',
  runsOn: 'worker',
  timeoutSeconds: 840,
  run: waitAWhile,
});

/** `tasks.general.example:long_wait` */
export const longWait = defineTask({
  ...common,
  name: 'tasks.general.example:long_wait',
  summary: 'Waits, in turns of a state machine: for hours, if need be.',
  runsOn: 'steps',
  timeoutSeconds: 86_400,
  run: waitAWhile,
});

const slice = 1;

async function waitAWhile({ seconds, fail }: z.output<typeof input>, context: TaskContext) {
  let waited = z.object({ waited: z.number() }).safeParse(context.resumeFrom).data?.waited ?? 0;
  while (waited < seconds) {
    const next = Math.min(slice, seconds - waited);
    await sleep(next * 1000, undefined, { signal: context.signal });
    waited += next;
    context.progress((100 * waited) / seconds, `${waited} of ${seconds} seconds`);
    await context.checkpoint({ waited });
  }
  if (fail === 'passing') throw new TransientError('It was asked to fail, and to be tried again.');
  if (fail === 'lasting') throw new PermanentError('It was asked to fail.');
  return { waited_seconds: waited };
}
