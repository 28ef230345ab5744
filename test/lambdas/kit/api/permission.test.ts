import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Caller } from '#kit/api/authentication.ts';
import type { LinkVerifier } from '#kit/api/link.ts';
import { type RoutePermission, routePermissions } from '#kit/api/permission.ts';
import { route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { ForbiddenError, UnauthorizedError } from '#kit/errors.ts';
import { tasksEnvelope } from '../../../../lambdas/tasks/api/envelope.ts';
import { httpRequest, lambdaContext, printed } from '../../../support/lambda.ts';

beforeEach(() => {
  printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const key = 'GET /apiv1/deals/{id}';
const named = (permissions: Caller['permissions']): Caller => ({ name: 'mei', scheme: 'bearer', permissions });
const link: Caller = { name: 'link', scheme: 'link', permissions: [] };

/** What a caller is answered; `undefined` is nobody, whom neither door lets in. */
async function status(permission: RoutePermission, caller: Caller | undefined, doors = true, envelope = {}) {
  const reached = vi.fn(async () => ({ status: 200, body: {} }));
  const verifyLink: LinkVerifier = async () => {
    if (caller?.scheme !== 'link') throw new ForbiddenError('no signature');
    return caller;
  };
  const handler = apiHandler({
    env: z.object({}),
    authenticate: doors
      ? () => async () => {
          if (caller === undefined || caller.scheme === 'link') throw new UnauthorizedError('who?');
          return caller;
        }
      : undefined,
    ...(doors ? { verifyLink: () => verifyLink } : {}),
    services: () => undefined,
    routes: {
      // A wrong field would be 400: who may not is told that first, and nothing of the fields.
      [key]: route({ summary: 'x', permission, answers: {}, query: z.object({ page: z.string() }), handle: reached }),
    },
    ...envelope,
  });
  const { statusCode, body } = await handler(httpRequest({ queryStringParameters: { page: '2' } }), lambdaContext());
  expect(reached).toHaveBeenCalledTimes(statusCode === 200 ? 1 : 0);
  return { statusCode, body: JSON.parse(body ?? '') };
}

const table: Readonly<Record<RoutePermission, readonly number[]>> = {
  none: [200, 200, 200, 200, 200],
  read: [401, 401, 200, 200, 200],
  own: [401, 401, 200, 200, 200],
  link: [403, 200, 403, 403, 403],
  operate: [401, 401, 403, 200, 200],
  admin: [401, 401, 403, 403, 200],
};

test.each(Object.keys(routePermissions) as RoutePermission[])(
  '%s lets in exactly whom it names',
  async (permission) => {
    const callers = [undefined, link, named([]), named(['operate']), named(['admin'])];
    const statuses = [];
    for (const caller of callers) statuses.push((await status(permission, caller)).statusCode);

    expect(statuses).toEqual(table[permission]);
  },
);

test('a refusal comes in the words of its workload', async () => {
  const plain = await status('operate', named([]));
  const coded = await status('operate', named([]), true, { envelope: tasksEnvelope });

  expect(plain.body).toEqual({ error: 'Forbidden', message: expect.stringContaining('operate') });
  expect(coded).toMatchObject({ statusCode: 403, body: { code: expect.any(Number), msg: expect.any(String) } });
});

test('a handler that knows no callers serves only routes that need no caller', async () => {
  const statuses = [];
  for (const permission of Object.keys(routePermissions) as RoutePermission[])
    statuses.push((await status(permission, named(['admin']), false)).statusCode);

  expect(statuses).toEqual([200, 401, 401, 403, 401, 401]);
});
