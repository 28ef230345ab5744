import { expect, test } from 'vitest';
import { handler } from '../../../../lambdas/platform/dependencies/health.handler.ts';
import { httpRequest, lambdaContext } from '../../../support/lambda.ts';

test('health needs no credentials', async () => {
  const { statusCode, body } = await handler(httpRequest({ routeKey: 'GET /health', headers: {} }), lambdaContext());

  expect(statusCode).toBe(200);
  expect(JSON.parse(body ?? '')).toEqual({ status: 'ok' });
});
