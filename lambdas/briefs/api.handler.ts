import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { signingKeys } from '#adapters/secrets.ts';
import { type Link, linkVerifier, signedLink } from '#kit/api/link.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { briefsEnvelope } from './api/envelope.ts';
import { briefsApiRoutes } from './api/routes.ts';
import { briefsApiEnv } from './contract.ts';
import { briefBook } from './lists/brief-book-queue.ts';
import { briefFiles } from './lists/brief-files-bucket.ts';

/** Briefs over HTTP: submitted, looked at, stopped, run again; their lists, sums and files; and how platforms stand. */
export const handler = apiHandler({
  env: briefsApiEnv,
  authenticate: (env) => authenticateCallers(env),
  verifyLink: (env) =>
    linkVerifier({
      keys: async () => (await signingKeys(env.LINKS_SECRET)).accepted,
      clock: systemClock,
    }),
  services: (env) => {
    const key = async () => (await signingKeys(env.LINKS_SECRET)).signing;
    const links = { key, api: env.API_URL, days: env.FILES_KEEP_DAYS };
    return {
      settings: env.BRIEFS_PLATFORMS,
      briefs: briefBook(apiDatabase(env.DATABASE_URL), env, { clock: systemClock, links }),
      files: briefFiles(env.RAW_BUCKET),
      sign: async (link: Link) => signedLink(link, await key()),
      address: env.API_URL,
      keepDays: env.FILES_KEEP_DAYS,
      clock: systemClock,
    };
  },
  routes: briefsApiRoutes,
  envelope: briefsEnvelope,
  tellsTime: true,
});
