import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { objectStore } from '#adapters/object-store.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { pagesOf } from '#pages/page-reader-http.ts';
import { tryApi } from './api/try-routes.ts';
import { tryTaggerEnv } from './contract.ts';
import { taggerOf } from './current-tagger.ts';
import { defaultModel } from './model/default-model.ts';
import type { RuleBook } from './rules/rule-book.ts';
import { shippedTagger } from './stores/rules-bucket.ts';
import { rulesShelf } from './stores/rules-shelf-bucket.ts';

/** Tags one message now, to show what the tagger says, without publishing it; and has the rules that it says it by. */
export const handler = apiHandler({
  env: tryTaggerEnv,
  authenticate: authenticateAlone,
  services: (env) => {
    const bucket = objectStore(env.RAW_BUCKET);
    return {
      tagger: shippedTagger(env, systemClock),
      taggerOf: (rules: RuleBook) => taggerOf(defaultModel(), rules),
      shelf: rulesShelf(env.RAW_BUCKET),
      read: pagesOf(env, bucket, systemClock),
      clock: systemClock,
    };
  },
  routes: tryApi,
});
