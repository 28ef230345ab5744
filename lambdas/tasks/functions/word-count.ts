import * as z from 'zod';
import { defineTask } from '#kit/task.ts';
import { countWords } from '#language/words/word-counter.ts';

/** `tasks.general.example:word_count` */
export const wordCount = defineTask({
  name: 'tasks.general.example:word_count',
  summary: 'Counts the words of a text.',
  doc: 'Words are what stands between white space, as Python’s `str.split()` has it: `The` and `the` are two words.',
  creator: 'millrace',
  published: true,
  publishedOn: '2026-11-21',
  input: z.object({ content: z.string().meta({ description: 'The text.' }) }),
  // Not a record: zod's leaves out the word "__proto__".
  output: z.custom<Record<string, number>>().meta({ type: 'object', additionalProperties: { type: 'integer' } }),
  runsOn: 'worker',
  timeoutSeconds: 60,
  retries: 2,
  run: async ({ content }) => countWords(content),
});
