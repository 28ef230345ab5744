import * as z from 'zod';
import { problem } from '#kit/api/api-response.ts';
import { route } from '#kit/api/route.ts';

export interface FallbackPorts {
  /** The methods of each path template of the API, in upper case: `/apiv1/deals/{id}` has GET. */
  readonly routes: () => Readonly<Record<string, readonly string[]>>;
}

/** Answers requests without a route. It asks for no credentials, since /openapi.json lists the routes anyway. */
export const fallback = route({
  summary: 'Says that there is no such route',
  permission: 'none',
  answers: { 302: z.undefined(), 404: z.unknown(), 405: z.unknown() },
  handle: async ({ event }, { routes }: FallbackPorts) => {
    const { rawPath } = event;
    const { method } = event.requestContext.http;
    // People write it so; the route itself has no slash at its end.
    if (rawPath === '/console/' && method === 'GET') return toConsole;
    const allowed = methodsOf(rawPath, routes());
    // A route of the document that comes here all the same is of a workload that is switched off.
    if (allowed.length === 0 || allowed.includes(method))
      return problem(404, 'Not Found', `There is no route ${rawPath}; /docs shows those there are.`);
    const answer = problem(405, 'Method Not Allowed', `${rawPath} takes ${allowed.join(', ')}, not ${method}.`);
    return { ...answer, headers: { allow: allowed.join(', ') } };
  },
});

const toConsole = { status: 302, body: '', headers: { location: '/console', 'content-type': 'text/plain' } };

function methodsOf(path: string, routes: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const parts = path.split('/');
  const matches = (template: string) => {
    const names = template.split('/');
    return (
      names.length === parts.length &&
      names.every((name, at) => name === parts[at] || (/^\{/.test(name) && parts[at] !== ''))
    );
  };
  return Object.entries(routes).flatMap(([template, methods]) => (matches(template) ? methods : []));
}
