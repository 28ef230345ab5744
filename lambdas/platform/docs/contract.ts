import * as z from 'zod';

/** The documentation needs no variables; it tells what everybody may know. */
export const docsEnv = z.object({});

/** The page and the document; under the prefix of tasks as well, where their callers look. */
export const docsRoutes = [
  'GET /docs',
  'GET /docs/{file}',
  'GET /openapi.json',
  'GET /api/v1/docs',
  'GET /api/v1/docs/{file}',
  'GET /api/v1/openapi.json',
] as const;

/** API Gateway's key for whatever has no route. */
export const fallbackRoute = '$default';
