import type { Route } from '../../lambdas/kit/api/route.ts';
import { healthApi, insideApi, outsideApi } from '../../lambdas/platform/dependencies/routes.ts';
import { docsApi } from '../../lambdas/platform/docs/routes.ts';
import { failuresApi } from '../../lambdas/platform/failures/api.ts';
import { runsApi } from '../../lambdas/platform/runs/api.ts';
import { backfillApi } from '../../lambdas/presale/api/backfill-routes.ts';
import { readApi } from '../../lambdas/presale/api/read-api.ts';
import { startApi } from '../../lambdas/presale/api/run-routes.ts';
import { correctApi } from '../../lambdas/presale/corrections/correct-problem.ts';
import { taggerApi } from '../../lambdas/tagger/api/service-routes.ts';
import { tryApi } from '../../lambdas/tagger/api/try-routes.ts';
import { documentedRoutes } from '../../lambdas/tasks/api/routes.ts';
import { filesApi } from '../../lambdas/tasks/files/routes.ts';

/** The routes of one handler, and what the handler itself decides about them. */
export interface ApiPart {
  /** `presale/read-api`. */
  readonly handler: string;
  /** By route key: `GET /apiv1/deals/{id}`. */
  readonly routes: Readonly<Record<string, Route<never>>>;
  readonly tag: string;
  /** How failures are worded. @default plain: `{"error", "message"}` */
  readonly envelope?: EnvelopeName;
}

/** How a workload words its failures. */
export type EnvelopeName = 'plain' | 'tasks';

/** Every handler that answers HTTP; a test holds it against the template. One line here documents the next one. */
export const parts: readonly ApiPart[] = [
  { handler: 'tasks/files-api', routes: filesApi, tag: 'files', envelope: 'tasks' },
  { handler: 'presale/read-api', routes: readApi, tag: 'presale' },
  { handler: 'presale/start-run', routes: startApi, tag: 'presale' },
  { handler: 'presale/backfill-seasons', routes: backfillApi, tag: 'presale' },
  { handler: 'presale/correct-problem', routes: correctApi, tag: 'presale' },
  { handler: 'tagger/api', routes: taggerApi, tag: 'tagger' },
  { handler: 'tagger/try', routes: tryApi, tag: 'tagger' },
  { handler: 'tasks/api', routes: documentedRoutes, tag: 'tasks', envelope: 'tasks' },
  { handler: 'platform/failures-api', routes: failuresApi, tag: 'failures' },
  { handler: 'platform/runs-api', routes: runsApi, tag: 'runs' },
  { handler: 'platform/check-inside', routes: insideApi, tag: 'health' },
  { handler: 'platform/check-outside', routes: outsideApi, tag: 'health' },
  { handler: 'platform/health', routes: healthApi, tag: 'health' },
  { handler: 'platform/docs', routes: docsApi, tag: 'documentation' },
];
