import * as z from 'zod';
import { defineTask } from '#kit/task.ts';
import { countyLetters, refreshStatisticsOutput } from '../contract.ts';

const letters = z.array(z.enum(countyLetters)).min(1);

/** `tasks.presale:statistics` */
export const presaleStatistics = defineTask({
  name: 'tasks.presale:statistics',
  summary: 'Computes the statistics of presale deals anew.',
  doc: 'The step that each run ends with, by hand: months and new projects of the counties named, of the deals that are loaded.',
  creator: 'millrace',
  published: true,
  publishedOn: '2026-11-21',
  input: z.object({ counties: letters.default([...countyLetters]).meta({ description: 'Letters; all, else.' }) }),
  output: refreshStatisticsOutput,
  runsOn: 'steps',
  timeoutSeconds: 3600,
  retries: 1,
  run: async ({ counties }, context) =>
    refreshStatisticsOutput.parse(await context.call('presale/refresh-statistics', { plan: { counties } })),
});
