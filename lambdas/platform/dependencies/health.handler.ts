import { openEnvelope } from '#kit/api/api-response.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { healthEnv } from '../contract.ts';
import { healthApi } from './routes.ts';

/** Says that the API answers, to anybody. What it depends on is told elsewhere, to those who may know. */
export const handler = apiHandler({
  env: healthEnv,
  authenticate: undefined,
  services: () => undefined,
  routes: healthApi,
  envelope: openEnvelope,
});
