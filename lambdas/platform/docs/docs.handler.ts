import { gunzipSync } from 'node:zlib';
import { openEnvelope } from '#kit/api/api-response.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { once } from '#kit/once.ts';
import { docsEnv, fallbackRoute } from '../contract.ts';
import { fallback } from './fallback.ts';
import { docsFile } from './files.ts';
import { docsApi } from './routes.ts';

/** The documentation of the API, and the answer where there is no route. */
export const handler = apiHandler({
  env: docsEnv,
  authenticate: undefined,
  services: () => ({
    file: docsFile,
    routes: once(() => routesOf(gunzipSync(docsFile('openapi.json').gzipped).toString())),
  }),
  routes: { ...docsApi, [fallbackRoute]: fallback },
  envelope: openEnvelope,
});

function routesOf(document: string): Readonly<Record<string, readonly string[]>> {
  const { paths } = JSON.parse(document) as { readonly paths: Readonly<Record<string, object>> };
  const methods = (path: object) => Object.keys(path).map((method) => method.toUpperCase());
  return Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path, methods(operations)]));
}
