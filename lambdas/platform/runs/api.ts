import type { Route } from '#kit/api/route.ts';
import { showMe } from '../admission/routes.ts';
import type { OverviewPorts } from '../overview/make-overview.ts';
import * as overview from '../overview/routes.ts';
import { type SavedQueriesPorts, savedQueriesApi } from '../query/saved-routes.ts';
import { type SchedulesPorts, schedulesApi } from '../schedules/routes.ts';
import type { runsRoutes } from './contract.ts';
import * as routes from './routes.ts';

/** What its routes work with together. */
export type RunsApiPorts = routes.RunsPorts & OverviewPorts & SchedulesPorts & SavedQueriesPorts;

/** Runs, slots, backfills and the overview over HTTP. */
export const runsApi: Readonly<Record<(typeof runsRoutes)[number], Route<RunsApiPorts>>> = {
  'GET /platform/me': showMe,
  'GET /platform/runs': routes.listRuns,
  'GET /platform/runs/{id}': routes.findRun,
  'GET /platform/runs/{workload}/{name}': routes.findNamedRun,
  'GET /platform/slots': routes.listSlots,
  'GET /platform/backfills': routes.listBackfills,
  'GET /platform/backfills/{id}': routes.findBackfill,
  'POST /platform/backfills': routes.postBackfill,
  'GET /platform/overview': overview.showOverview,
  'GET /platform/run-counts': overview.countRuns,
  'GET /platform/stream-counts': overview.countStreams,
  'GET /platform/failure-counts': overview.countFailures,
  ...schedulesApi,
  ...savedQueriesApi,
};
