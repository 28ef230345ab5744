import * as z from 'zod';
import { defineTask } from '#kit/task.ts';
import { shipped } from './shipped.ts';
import { input } from './text.ts';

/** `tasks.text:keywords` */
export const textKeywords = defineTask({
  ...input,
  name: 'tasks.text:keywords',
  summary: 'Finds the words that say what a text is about.',
  doc: 'At most ten, best first, by the tagger’s TF-IDF. Weights are comparable within one text only.',
  output: z.array(z.object({ word: z.string(), weight: z.number() })),
  run: async ({ text }) => [...shipped()(text).keywords],
});
