import { originsOf } from '#adapters/objects/presigned.ts';
import { openEnvelope } from '#kit/api/api-response.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { consoleEnv } from '../contract.ts';
import { consoleFiles } from './files.ts';
import { consoleApi } from './routes.ts';

/** Serves the console: one web application over all workloads, from the API's own origin. */
export const handler = apiHandler({
  env: consoleEnv,
  authenticate: undefined,
  // The query of a page's address is the application's own: filters, order, selection.
  envelope: openEnvelope,
  services: (env) => ({
    file: consoleFiles(env.CONSOLE_FILES),
    uploads: async () => (env.UPLOADS_BUCKET === '' ? [] : originsOf(env.UPLOADS_BUCKET)),
  }),
  routes: consoleApi,
});
