import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A function whose every run can be counted from outside. */

export const countedTask = 'tasks.test:counted';

/** What its tasks do: end well, fail once before that, or never end well. */
export const outcomes = ['good', 'once', 'never'] as const;

export type Outcome = (typeof outcomes)[number];

/** Adds it to a checkout, as docs/how-to/add-a-task.md says: one file, and one line in the registry. */
export async function addCountedTask(checkout: string, url: string): Promise<void> {
  const folder = path.join(checkout, 'lambdas/tasks/functions');
  const index = path.join(folder, 'index.ts');
  await writeFile(path.join(folder, 'counted.ts'), source(url));
  const registry = await readFile(index, 'utf8');
  const changed = registry.replace(/(registered[^=]*= \[)/, '$1\n  counted,');
  if (changed === registry) throw new Error('The registry of functions is written in another way now');
  await writeFile(index, `import { counted } from './counted.ts';\n${changed}`);
}

const source = (url: string) => `
import * as z from 'zod';
import { PermanentError, TransientError } from '#kit/errors.ts';
import { defineTask } from '#kit/task.ts';

const told = async (body: object) => {
  const answer = await fetch('${url}', { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as { readonly run: number };
};

export const counted = defineTask({
  name: '${countedTask}',
  summary: 'Tells a server that it began and that it ended.',
  creator: 'test',
  published: true,
  input: z.object({ number: z.int(), outcome: z.enum(['good', 'once', 'never']) }),
  output: z.object({ number: z.int() }),
  runsOn: 'worker',
  timeoutSeconds: 60,
  retries: 20,
  async run({ number, outcome }, { taskId: task }) {
    const { run } = await told({ task });
    if (outcome === 'never') throw new PermanentError('It never ends well.');
    if (outcome === 'once' && run === 0) throw new TransientError('It fails once.');
    await told({ task, run });
    return { number };
  },
});
`;
