import * as z from 'zod';
import { numberedPage, pageFrom, totalHeader } from '#kit/api/paging.ts';
import { route } from '#kit/api/route.ts';
import type { TaskFunction } from '#kit/task.ts';
import { callable } from '../steps/submit-task.ts';
import { functionAnswer, functionList } from './answers.ts';
import { functionId } from './function-id.ts';
import { functionPath, functionsQuery } from './parameters.ts';
import type { TasksApiPorts } from './ports.ts';

type FunctionPorts = Pick<TasksApiPorts, 'functions'>;

/** GET /api/v1/task_funcs/list */
export const listFunctions = route({
  summary: 'The functions that can be submitted.',
  permission: 'read',
  query: functionsQuery,
  answers: { 200: functionList },
  handle: async ({ query: { page, per_page } }, { functions }: FunctionPorts) => {
    const published = [...functions.values()].filter((each) => each.published);
    const found = pageFrom(published, numberedPage(page, per_page));
    return { status: 200, headers: totalHeader(found), body: found.data.map(described) };
  },
});

/** GET /api/v1/task_funcs/{name} */
export const findFunction = route({
  summary: 'One function with the schemas of its arguments and its result.',
  permission: 'read',
  path: functionPath,
  answers: { 200: functionAnswer },
  handle: async ({ path, caller }, { functions }: FunctionPorts) => ({
    status: 200,
    body: described(callable(path.name, { username: caller.name, unpublished: false }, functions)),
  }),
});

function described(fn: TaskFunction): z.output<typeof functionAnswer> {
  const { name, summary, doc, creator, published, publishedOn, runsOn, timeoutSeconds, retries, input, output } = fn;
  return {
    id: functionId(name),
    name,
    desc: summary,
    pub_date: publishedOn === undefined ? null : new Date(publishedOn).toUTCString(),
    summary,
    doc,
    creator,
    published,
    runs_on: runsOn,
    timeout_seconds: timeoutSeconds,
    retries,
    input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
    output: z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' }),
  };
}
