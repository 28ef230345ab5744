import type { Route } from '#kit/api/route.ts';
import type { failuresRoutes } from './contract.ts';
import * as bulk from './replays/routes.ts';
import * as routes from './routes.ts';

/** The failure ledger over HTTP. */
export const failuresApi = {
  'GET /platform/failures': routes.listFailures,
  'GET /platform/failures/{id}': routes.findFailure,
  'POST /platform/failures/discard': routes.discardFailures,
  'POST /platform/failures/replay': bulk.replayFailures,
  'POST /platform/failures/resolve': routes.resolveAllFailures,
  'POST /platform/failures/{id}/discard': routes.discardFailure,
  'POST /platform/failures/{id}/replay': routes.replayFailure,
  'POST /platform/failures/{id}/resolve': routes.resolveFailure,
  'GET /platform/replays': bulk.listReplays,
  'GET /platform/replays/{id}': bulk.findReplay,
  'POST /platform/replays/{id}/stop': bulk.stopReplay,
} satisfies Record<(typeof failuresRoutes)[number], Route<routes.LedgerPorts>>;
