import { route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { healthEnv } from './contract.ts';

/** Says that the API answers, to anybody. What it depends on is told elsewhere, to those who may know. */
export const handler = apiHandler({
  env: healthEnv,
  authenticate: undefined,
  services: () => undefined,
  routes: { 'GET /health': route({ handle: async () => ({ status: 200, body: { status: 'ok' } }) }) },
});
