import { systemClock } from '#adapters/clock.ts';
import { objectStore } from '#adapters/object-store.ts';
import { secretField } from '#adapters/secrets.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { tryApi } from './api/try-routes.ts';
import { tryTaggerEnv } from './contract.ts';
import { pagesOf } from './stores/page-reader-store.ts';
import { shippedTagger } from './stores/rules-store.ts';

/** Tags one message now, for whoever wants to see what the tagger says; nothing is published. */
export const handler = apiHandler({
  env: tryTaggerEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services: (env) => {
    const bucket = objectStore(env.TAGGER_BUCKET);
    return {
      tagger: shippedTagger(env, systemClock),
      read: pagesOf(env, bucket, systemClock),
      clock: systemClock,
    };
  },
  routes: tryApi,
});
