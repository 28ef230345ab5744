import * as z from 'zod';
import { taskHosts } from '#kit/task.ts';
import { statuses, visibilities } from '../task.ts';

/** What the routes answer, as `data` of the envelope. */

const moment = z.iso.datetime();

const httpDate = z.string().meta({ description: 'As HTTP has it.', examples: ['Tue, 15 May 2018 02:33:45 GMT'] });

const ofAnother = 'null where the task is another’s and not shared';

export const taskAnswer = z.object({
  id: z.int().meta({ description: 'The number of its row; every route takes task_id.' }),
  task_id: z.uuid(),
  username: z.string().meta({ description: 'Whose it is.' }),
  func_id: z.int().meta({ description: 'The id of its function.' }),
  name: z.string(),
  status: z.enum(statuses),
  args: z
    .array(z.unknown())
    .nullable()
    .meta({ description: `In lists null where they are long; ${ofAnother}.` }),
  kwargs: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: `In lists null where they are long; ${ofAnother}.` }),
  desc: z
    .string()
    .nullable()
    .meta({ description: `${ofAnother}.` }),
  visibility: z.enum(visibilities),
  runs_on: z.enum(taskHosts),
  attempts: z.int(),
  retries: z.int().meta({ description: 'How often it is tried again at most.' }),
  retry_of: z.uuid().nullable().meta({ description: 'The task that this one does again.' }),
  first_task_id: z.uuid().nullable().meta({ description: 'The first of all those.' }),
  callback_url: z.string().nullable().meta({ description: 'null for others than the owner and admins.' }),
  deliveries: z
    .array(z.object({ at: moment, error: z.string().nullable() }))
    .nullable()
    .meta({ description: 'Tries to call back, the last one last; null for others than the owner and admins.' }),
  terminate_at: moment.nullable().meta({ description: 'When somebody asked it to end.' }),
  progress: z
    .number()
    .nullable()
    .meta({ description: `Percent, as the function said last; ${ofAnother}.` }),
  create_date: httpDate,
  created_at: moment,
  started_at: moment.nullable(),
  ended_at: moment.nullable(),
});

export const resultAnswer = z.object({
  task_id: z.uuid(),
  status: z.enum(statuses),
  result: z.unknown().meta({ description: 'null while there is none, and where result_url leads to it.' }),
  result_url: z.string().nullable().meta({ description: 'Of a result above 256 KB: readable for an hour.' }),
  result_bytes: z.int().nullable(),
  error: z.string().nullable().meta({ description: 'The class of the last error.' }),
  traceback: z
    .string()
    .nullable()
    .meta({ description: 'The last error and its causes; the failure ledger has the stack.' }),
  progress: z.object({ percent: z.number().nullable(), text: z.string().nullable() }),
  started_at: moment.nullable(),
  ended_at: moment.nullable(),
  duration_ms: z.int().nullable().meta({ description: 'Time at work, in all attempts; null before the first ends.' }),
  cost: z.number().nullable().meta({ description: 'An estimate in USD: as if it had its worker to itself.' }),
});

export const listAnswer = z.array(taskAnswer);

const functionHead = {
  id: z.int(),
  name: z.string(),
  desc: z.string().meta({ description: 'The summary, by the name that existing clients know.' }),
  pub_date: httpDate.nullable(),
  summary: z.string(),
  doc: z.string(),
  creator: z.string(),
  published: z.boolean(),
  runs_on: z.enum(taskHosts),
  timeout_seconds: z.number(),
  retries: z.int(),
};

export const functionAnswer = z.object({
  ...functionHead,
  input: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of the arguments by name.' }),
  output: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of the result.' }),
});

export const functionList = z.array(functionAnswer);
