import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { secretField } from '#adapters/secrets.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { apiPorts } from './api/compose.ts';
import { recommenderEnvelope } from './api/envelope.ts';
import { recommenderApi } from './api/routes.ts';
import { recommenderApiEnv } from './contract.ts';

/** The recommender over HTTP, but for behaviour, which is taken without the database. */
export const handler = apiHandler({
  env: recommenderApiEnv,
  authenticate: (env) => authenticateCallers(env),
  services: (env) =>
    apiPorts(env, {
      database: apiDatabase<unknown>(env.DATABASE_URL),
      key: () => secretField(env.ERASURE_SECRET, 'key'),
      clock: systemClock,
    }),
  routes: recommenderApi,
  envelope: recommenderEnvelope,
});
