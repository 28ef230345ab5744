import * as z from 'zod';
import { route } from '#kit/api/route.ts';
import type { TaskFunction } from '#kit/task.ts';
import { callable } from '../steps/submit-task.ts';
import { functionAnswer, functionList } from './answers.ts';
import { functionPath } from './parameters.ts';
import type { TasksApiPorts } from './ports.ts';

type FunctionPorts = Pick<TasksApiPorts, 'functions'>;

/** GET /api/v1/task_funcs/list */
export const listFunctions = route({
  summary: 'The functions that can be submitted.',
  permission: 'read',
  answers: { 200: functionList },
  handle: async (_request, { functions }: FunctionPorts) => {
    const items = [...functions.values()].filter(({ published }) => published).map(described);
    return { status: 200, body: { items, total: items.length } };
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
  const { name, summary, doc, creator, published, runsOn, timeoutSeconds, retries, input, output } = fn;
  return {
    name,
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
