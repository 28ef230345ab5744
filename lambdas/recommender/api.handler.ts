import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { secretField } from '#adapters/secrets.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { recommenderEnvelope } from './api/envelope.ts';
import { recommenderApi } from './api/routes.ts';
import { recommenderApiEnv } from './contract.ts';
import { userErasure } from './erasure/erase-user-store.ts';
import { itemView } from './items/item-view-store.ts';

/** The recommender over HTTP, but for behaviour, which is taken without the database. */
export const handler = apiHandler({
  env: recommenderApiEnv,
  authenticate: (env) => authenticateCallers(env),
  services: (env) => {
    const database = apiDatabase<unknown>(env.DATABASE_URL);
    const key = () => secretField(env.ERASURE_SECRET, 'key');
    return {
      clock: systemClock,
      items: itemView(database, { vectorsUrl: env.VECTORS_QUEUE_URL, clock: systemClock }),
      erasure: userErasure(database, { key, filesUrl: env.FILES_QUEUE_URL }),
    };
  },
  routes: recommenderApi,
  envelope: recommenderEnvelope,
});
