import { type Route, route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { docsRoutes } from '../../platform/contract.ts';
import { filesRoutes, type tasksRoutes } from '../contract.ts';
import { CodedError } from './codes.ts';
import { findFunction, listFunctions } from './function-routes.ts';
import type { TasksApiPorts } from './ports.ts';
import { findResult, findTask, listTasks, postTask, retryTask, terminateTask } from './task-routes.ts';

/** What the documentation shows. */
export const documentedRoutes = {
  'POST /api/v1/tasks/submit': postTask,
  'GET /api/v1/tasks/list': listTasks,
  'GET /api/v1/task/{task_id}/info': findTask,
  'GET /api/v1/task/{task_id}/result': findResult,
  'POST /api/v1/task/{task_id}/terminate': terminateTask,
  'POST /api/v1/task/{task_id}/retry': retryTask,
  'GET /api/v1/task_funcs/list': listFunctions,
  'GET /api/v1/task_funcs/{name}': findFunction,
};

/** What no other route takes: a path that there is by another method, or none. */
const anythingElse = route({
  summary: 'Any other path or method.',
  permission: 'read',
  answers: {},
  handle: async ({ event }): Promise<never> => {
    const { path, method } = event.requestContext.http;
    const allowed = [...Object.keys(documentedRoutes), ...filesRoutes, ...docsRoutes].flatMap((key) =>
      methodFor(key, path),
    );
    if (allowed.length > 0 && !allowed.includes(method))
      throw new CodedError('METHOD_NOT_ALLOWED', `${method} is not supported here; there is ${allowed.join(', ')}.`);
    throw new NotFoundError(`There is no ${path}.`);
  },
});

function methodFor(key: string, path: string): string[] {
  const [method = '', template = ''] = key.split(' ');
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path) ? [method] : [];
}

/** Served by `tasks/api`. */
export const tasksApiRoutes = { ...documentedRoutes, 'ANY /api/v1/{proxy+}': anythingElse } satisfies Record<
  (typeof tasksRoutes)[number],
  Route<TasksApiPorts>
>;
