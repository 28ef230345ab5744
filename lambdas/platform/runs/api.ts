import type { Route } from '#kit/api/route.ts';
import { showMe } from '../admission/routes.ts';
import type { runsRoutes } from './contract.ts';
import * as routes from './routes.ts';

/** Runs, slots and backfills over HTTP. */
export const runsApi = {
  'GET /platform/me': showMe,
  'GET /platform/runs': routes.listRuns,
  'GET /platform/runs/{id}': routes.findRun,
  'GET /platform/runs/{workload}/{name}': routes.findNamedRun,
  'GET /platform/slots': routes.listSlots,
  'GET /platform/backfills': routes.listBackfills,
  'GET /platform/backfills/{id}': routes.findBackfill,
  'POST /platform/backfills': routes.postBackfill,
} satisfies Record<(typeof runsRoutes)[number], Route<routes.RunsPorts>>;
