import * as z from 'zod';
import { defineTask } from '#kit/task.ts';

/** `tasks.general.example:word_count` */
export const wordCount = defineTask({
  name: 'tasks.general.example:word_count',
  summary: 'Counts the words of a text.',
  doc: 'Words are what stands between white space, as it is written: `The` and `the` are two words.',
  creator: 'millrace',
  published: true,
  input: z.object({ content: z.string().meta({ description: 'The text.' }) }),
  output: z.record(z.string(), z.int().positive()),
  runsOn: 'worker',
  timeoutSeconds: 60,
  retries: 2,
  run: async ({ content }) => countWords(content),
});

/** Word -> how often it stands there, in the order of their first appearance. */
function countWords(text: string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.split(/\s+/u)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}
