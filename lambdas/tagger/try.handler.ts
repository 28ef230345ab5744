import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { objectStore } from '#adapters/object-store.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { pagesOf } from '#pages/page-reader-http.ts';
import { tryApi } from './api/try-routes.ts';
import { tryTaggerEnv } from './contract.ts';
import { shippedTagger } from './stores/rules-bucket.ts';

/** Tags one message now, for whoever wants to see what the tagger says; nothing is published. */
export const handler = apiHandler({
  env: tryTaggerEnv,
  authenticate: authenticateAlone,
  services: (env) => {
    const bucket = objectStore(env.RAW_BUCKET);
    return {
      tagger: shippedTagger(env, systemClock),
      read: pagesOf(env, bucket, systemClock),
      clock: systemClock,
    };
  },
  routes: tryApi,
});
