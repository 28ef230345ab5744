import * as z from 'zod';
import { defineTask } from '#kit/task.ts';
import { joinNames } from '#language/names.ts';
import { segment } from '#language/segmenter.ts';
import { input } from './text.ts';

/** `tasks.text:segment` */
export const segmentText = defineTask({
  ...input,
  name: 'tasks.text:segment',
  summary: 'Cuts a text into words.',
  doc: 'As the tagger does it: by a dictionary, with names that it doesn’t know put together. White space is left out.',
  output: z.array(z.string()),
  run: async ({ text }) => joinNames(segment(text)),
});
