import { expect, test } from 'vitest';
import * as z from 'zod';
import { plainEnvelope } from '#kit/api/api-response.ts';
import { integerParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { httpRequest, lambdaContext } from '../../../support/lambda.ts';

const key = 'GET /apiv1/deals/{id}';
const shape = { summary: 'A route of the test', permission: 'none', answers: {} } as const;
const length = integerParameter().default(15);

/** What a route with this query answers to these parameters. */
async function ask(query: z.ZodType | undefined, parameters: Record<string, string>, ignoresUnknownParameters?: true) {
  const made = route({ ...shape, ...(query ? { query } : {}), handle: async () => ({ status: 200, body: 'served' }) });
  const handler = apiHandler({
    env: z.object({}),
    authenticate: undefined,
    services: () => undefined,
    routes: { [key]: made },
    ...(ignoresUnknownParameters ? { envelope: { ...plainEnvelope, ignoresUnknownParameters } } : {}),
  });
  const { statusCode, body } = await handler(httpRequest({ queryStringParameters: parameters }), lambdaContext());
  return { statusCode, body: JSON.parse(body ?? '') };
}

test.each([
  ['an object', z.object({ length })],
  ['an object that becomes another', z.object({ length }).transform(({ length: rows }) => rows)],
  ['an object with a rule of its own', z.object({ length }).refine(() => true)],
  ['nothing at all', undefined],
])('of a query that is %s, parameters nobody knows are named', async (_name, query) => {
  expect(await ask(query, { lenght: '1', constructor: 'x' })).toEqual({
    statusCode: 400,
    body: {
      error: 'Bad Request',
      message: { querystring: { lenght: ['Unknown parameter.'], constructor: ['Unknown parameter.'] } },
    },
  });
});

test('beside those that are wrong', async () => {
  const { body } = await ask(z.object({ length }), { length: 'x', stat: 'discarded' });

  expect(body.message).toEqual({
    querystring: { length: ['Not a valid integer.'], stat: ['Unknown parameter.'] },
  });
});

test('the timestamp of a password belongs to every route', async () => {
  expect(await ask(undefined, { _: '1525568925' })).toEqual({ statusCode: 200, body: 'served' });
});

test('an API whose clients of old send others leaves them alone', async () => {
  expect(await ask(z.object({ length }), { lenght: '1' }, true)).toEqual({ statusCode: 200, body: 'served' });
});
