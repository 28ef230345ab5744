import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { httpRequest, lambdaContext, printed } from '../../../support/lambda.ts';

beforeEach(() => {
  printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function answerOf(characters: number) {
  const handle = async () => ({ status: 200, body: { a: '"'.repeat(characters) } });
  const handler = apiHandler({
    env: z.object({}),
    authenticate: undefined,
    services: () => undefined,
    routes: {
      'GET /apiv1/deals/{id}': route({ summary: 'A route of the test', permission: 'none', answers: {}, handle }),
    },
  });
  const { statusCode, body } = await handler(httpRequest(), lambdaContext());
  return { statusCode, body: JSON.parse(body ?? '') };
}

test('an answer that Lambda would not hand on is refused in words, and one below that is not', async () => {
  // A quote takes two bytes in the body, and four in Lambda's own JSON around it.
  expect(await answerOf(1_500_000)).toMatchObject({ statusCode: 200 });
  expect(await answerOf(1_600_000)).toMatchObject({
    statusCode: 400,
    body: { error: 'Bad Request', message: expect.stringMatching(/^The answer has 6400\d+ bytes, .*fewer rows/) },
  });
});
