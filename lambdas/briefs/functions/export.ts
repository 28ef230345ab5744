import * as z from 'zod';
import { ArgumentError, defineTask } from '#kit/task.ts';
import { askExportOutput } from '../contract.ts';

const id = z.uuid().optional();

/** `tasks.briefs:export` */
export const briefsExport = defineTask({
  name: 'tasks.briefs:export',
  summary: 'Makes the files of a brief anew, from what is stored.',
  doc: 'Workbooks, word clouds and zip of one stage (`stage_uuid`), or of all stages of a brief (`job_uuid`), without crawling. The same articles give the same bytes. Of one’s own briefs: an admin submits it in their owner’s name. The task ends when the files are asked for; they take seconds.',
  creator: 'millrace',
  published: true,
  publishedOn: '2026-11-30',
  input: z.object({
    stage_uuid: id.meta({ description: 'The stage whose files are made.' }),
    job_uuid: id.meta({ description: 'Or the brief: all of its stages that have ended.' }),
  }),
  output: askExportOutput,
  runsOn: 'steps',
  timeoutSeconds: 600,
  retries: 1,
  run: async ({ stage_uuid, job_uuid }, context) => {
    if ((stage_uuid === undefined) === (job_uuid === undefined))
      throw new ArgumentError('Either stage_uuid or job_uuid, and not both');
    const part = stage_uuid === undefined ? { job_uuid } : { stage_uuid };
    const asked = askExportOutput.parse(await context.call('briefs/ask-export', { ...part, owner: context.username }));
    if (asked.stages.length === 0) throw new ArgumentError('You have no stage that has ended under this id.');
    return asked;
  },
});
