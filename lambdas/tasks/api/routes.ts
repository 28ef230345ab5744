import type { ApiAnswer } from '#kit/api/api-response.ts';
import { permit } from '#kit/api/permission.ts';
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

/**
 * What no other route takes: a path that there is by another method, or none. As existing clients know it, HEAD asks as GET
 * does, OPTIONS tells the methods, any other is 405; a path with a slash more at its end is none.
 */
const anythingElse = route({
  summary: 'Any other path or method.',
  permission: 'read',
  answers: {},
  handle: async ({ event, caller }, ports: TasksApiPorts): Promise<ApiAnswer> => {
    const { path, method } = event.requestContext.http;
    const found = [...Object.keys(documentedRoutes), ...filesRoutes, ...docsRoutes].flatMap((key) =>
      matches(key, path),
    );
    const asGet = method === 'HEAD' ? found.find(({ key }) => key.startsWith('GET ') && isDocumented(key)) : undefined;
    if (asGet && isDocumented(asGet.key)) {
      const { shape, serve } = documentedRoutes[asGet.key];
      permit(caller, shape.permission);
      return serve({ ...event, pathParameters: asGet.parameters }, ports, { caller, ignoresUnknown: true });
    }
    if (found.length === 0) throw new NotFoundError(`There is no ${path}.`);
    const allow = [...new Set(found.map(({ key }) => key.split(' ', 1)[0]))].join(', ');
    if (method === 'OPTIONS') return { status: 200, headers: { allow }, body: {} };
    throw new CodedError('METHOD_NOT_ALLOWED', `${method} is not supported here; there is ${allow}.`, { allow });
  },
});

type DocumentedKey = keyof typeof documentedRoutes;

function isDocumented(key: string): key is DocumentedKey {
  return Object.hasOwn(documentedRoutes, key);
}

interface Match {
  readonly key: string;
  readonly parameters: Record<string, string>;
}

/** The route of that key, where the path is one of its. */
function matches(key: string, path: string): readonly Match[] {
  const [, template = ''] = key.split(' ');
  const found = new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path);
  return found ? [{ key, parameters: { ...found.groups } }] : [];
}

/** Served by `tasks/api`. */
export const tasksApiRoutes = { ...documentedRoutes, 'ANY /api/v1/{proxy+}': anythingElse } satisfies Record<
  (typeof tasksRoutes)[number],
  Route<TasksApiPorts>
>;
