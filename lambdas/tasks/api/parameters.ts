import * as z from 'zod';
import { notJson, readJson } from '#kit/api/body.ts';
import { pageParameter } from '#kit/api/paging.ts';
import { written } from '#kit/api/parameters.ts';
import { isStorable } from '#kit/text/storable.ts';
import { notText, placeOfNoText } from '#kit/text/well-formed.ts';
import { statuses, visibilities } from '../task.ts';

/** Fields of requests. What is wrong with one is answered by its code: see faults.ts. */

const shortText = (max: number) =>
  z.string().max(max, `Longer than maximum length ${max}.`).refine(isStorable, 'Not a valid string.');

/** A value, or its text in JSON, as forms send it. */
function orText<T extends z.ZodType>(schema: T, should: string) {
  return z.union([schema, z.string()], { error: `should be ${should}.` }).transform((given, context): z.output<T> => {
    if (typeof given !== 'string') return given as z.output<T>;
    const read = readJson(given);
    if (read === undefined) {
      context.addIssue({ code: 'custom', message: 'Invalid input: not JSON.', params: notJson, input: given });
      return z.NEVER;
    }
    if (placeOfNoText(read.value, given)) {
      context.addIssue({ code: 'custom', message: notText, input: given });
      return z.NEVER;
    }
    const checked = schema.safeParse(read.value);
    if (checked.success) return checked.data;
    context.addIssue({ code: 'custom', message: `Not a valid ${should}.`, params: { should }, input: given });
    return z.NEVER;
  });
}

const args = orText(z.array(z.unknown()), 'list').meta({
  description: 'Arguments in the order of the function’s parameters: a JSON list, or its text.',
});
const kwargs = orText(z.record(z.string(), z.unknown()), 'object').meta({
  description: 'Arguments by name: a JSON object, or its text.',
});

const notAUrl = 'Not a valid URL.';

/** One that is called as it is written: without what parsers leave out, and without an impossible user. */
function isPlainUrl(text: string): boolean {
  const url = URL.parse(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return url?.username === '' && url.password === '' && text.isWellFormed() && !/[\u0000-\u0020\u007f]/.test(text);
}

/** Body of `POST /api/v1/tasks/submit`. */
export const submission = z.object({
  username: shortText(200)
    .min(1)
    .optional()
    .meta({ description: 'Whose task it is. @default the caller; another’s by an admin' }),
  visibility: z.enum(visibilities).default('owner').meta({
    description: 'Who reads arguments and result beside the owner and admins.',
  }),
  name: z.string().max(200).meta({ description: 'The function: `module:name`.' }),
  args: args.default([]),
  kwargs: kwargs.default({}),
  desc: shortText(1000).default('').meta({ description: 'What it is for, in the caller’s words.' }),
  idempotency_key: shortText(200)
    .min(1)
    .optional()
    .meta({ description: 'The same key of the same user within 24 hours answers the first task.' }),
  callback_url: z
    .url({ protocol: /^https?$/, error: notAUrl, abort: true })
    .max(2000, 'Longer than maximum length 2000.')
    .refine(isPlainUrl, notAUrl)
    .optional()
    .meta({ description: 'Is told the result by a signed POST when the task has ended. A public address.' }),
});

/** Body of `POST /api/v1/task/{task_id}/retry`; without either all is as it was; one of them replaces both. */
export const retryRequest = z.object({ args: args.optional(), kwargs: kwargs.optional() }).default({});

/** A parameter that is left out also by being empty. */
function emptyIsNone<T extends z.ZodType<string, string>>(schema: T, as: Readonly<Record<string, unknown>> = {}) {
  const given = z.string().optional();
  return written(given.transform((text) => (text === '' ? undefined : text)).pipe(schema.optional()), {
    type: 'string',
    ...as,
  });
}

const paging = {
  page: pageParameter().default(1).describe('From 1; below it, and empty, it is 1.'),
  per_page: pageParameter(100)
    .default(10)
    .describe('From 1 to 100; what lies outside is the nearest of them, empty is 1.'),
};

/** Query of `GET /api/v1/tasks/list`. */
export const listQuery = z.object({
  username: emptyIsNone(shortText(200)).meta({ description: 'Whose tasks. @default the caller’s' }),
  status: emptyIsNone(z.enum(statuses), { enum: statuses }),
  name: emptyIsNone(shortText(200)).meta({ description: 'Of one function.' }),
  ...paging,
});

/** Query of `GET /api/v1/task_funcs/list`. */
export const functionsQuery = z.object(paging);

/** Any text: one that is no task's id is a task that isn't found. */
export const taskPath = z.object({ task_id: z.string().meta({ format: 'uuid' }) });

export const functionPath = z.object({ name: shortText(200) });
