import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';

/** The contract of ad-hoc queries, shared by the stack and the handler. */

const text = z.string().min(1);

/** Outside of the VPC, where Athena is. */
export const queryApiEnv = z.object({
  ...callerEnv,
  ANALYTICS_DATABASE: text,
  /** One of people's own: what it bounds is what one of their questions may read. */
  ANALYTICS_WORK_GROUP: text,
});

/** Served by `query-api`. */
export const queryRoutes = [
  'GET /platform/query-tables',
  'POST /platform/queries',
  'GET /platform/queries/{id}',
  'POST /platform/queries/{id}/stop',
] as const;

/** Served by `runs-api`, which has the database. */
export const routesOfSavedQueries = [
  'GET /platform/saved-queries',
  'PUT /platform/saved-queries/{name}',
  'DELETE /platform/saved-queries/{name}',
] as const;

/** Where the list of the tables stands, beside the code of the function that tells it: variables have 4 KB together. */
export const queryTablesFile = 'query-tables.json';

/** A table that can be asked about. */
export const queryTable = z
  .object({
    name: text,
    columns: z.array(z.object({ name: text, type: text.describe('As Athena calls it.') })),
    partitions: z.array(
      z.object({
        name: text,
        required: z.boolean().describe("A question must say which: `tenant = 'shop'`."),
      }),
    ),
  })
  .meta({ id: 'QueryTable' });

export type QueryTable = z.output<typeof queryTable>;
