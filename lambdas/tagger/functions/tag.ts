import * as z from 'zod';
import { defineTask } from '#kit/task.ts';
import { defaultModel } from '../model/default-model.ts';
import { defaultRules } from '../rules/default-rules.ts';
import { shipped } from './shipped.ts';
import { input } from './text.ts';

/** `tasks.text:tag` */
export const tagText = defineTask({
  ...input,
  name: 'tasks.text:tag',
  summary: 'Tags a text by topic and rules.',
  doc: 'By the model and the rules that the tagger is shipped with; rules that somebody has put into its bucket don’t count here.',
  output: z.object({
    tags: z.array(z.object({ tag: z.string(), score: z.number(), source: z.enum(['model', 'rule']) })),
    version: z.object({ model: z.string(), rules: z.string() }),
  }),
  run: async ({ text }) => ({
    tags: [...shipped()(text).tags],
    version: { model: defaultModel().version, rules: defaultRules().version },
  }),
});
