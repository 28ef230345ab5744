import { parts } from '../../bin/openapi/parts.ts';
import type { RoutePermission } from '../../lambdas/kit/api/permission.ts';
import { fallbackRoute } from '../../lambdas/platform/contract.ts';
import { fallback } from '../../lambdas/platform/docs/fallback.ts';
import { tasksApiRoutes } from '../../lambdas/tasks/api/routes.ts';
import type { Role } from './roles.ts';

/** Every route there is: what the documentation is made of, and the two that answer where there is none. */
export const table = new Map<string, RoutePermission>([
  ...parts.flatMap(({ routes }) =>
    Object.entries(routes).map(([key, { shape }]) => [key, shape.permission] as [string, RoutePermission]),
  ),
  ...Object.entries(tasksApiRoutes).map(([key, { shape }]) => [key, shape.permission] as [string, RoutePermission]),
  [fallbackRoute, fallback.shape.permission],
]);

/** Whom each permission turns away, and how; all others reach the route itself. */
export const turnedAway: Readonly<Record<RoutePermission, Partial<Record<Role, 401 | 403>>>> = {
  none: {},
  read: { nobody: 401 },
  own: { nobody: 401 },
  link: { nobody: 403, user: 403, owner: 403, operator: 403, admin: 403 },
  operate: { nobody: 401, user: 403, owner: 403 },
  admin: { nobody: 401, user: 403, owner: 403, operator: 403 },
};

/** Of nothing that there is: whoever reaches the route changes nothing. */
const samples: Readonly<Record<string, string>> = { publication_date: '1999-01-01', file: 'index.html' };

export function requestOf(key: string): { readonly method: string; readonly path: string; readonly body?: string } {
  if (key === fallbackRoute) return { method: 'GET', path: '/no/such/path' };
  const [method = '', template = ''] = key.split(' ');
  const path = template.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => samples[name] ?? '999999999');
  // A body that is no JSON: refused by the route's own schema, behind the permission.
  return method === 'GET' || method === 'ANY' ? { method: 'GET', path } : { method, path, body: '{"wrong":' };
}
