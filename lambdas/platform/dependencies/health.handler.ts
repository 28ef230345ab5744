import { openEnvelope } from '#kit/api/api-response.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { healthEnv } from '../contract.ts';
import { healthApi } from './routes.ts';

/** Tells any caller that the API answers. Its dependencies are told elsewhere, to callers with the right to know. */
export const handler = apiHandler({
  env: healthEnv,
  authenticate: undefined,
  services: () => undefined,
  routes: healthApi,
  envelope: openEnvelope,
});
