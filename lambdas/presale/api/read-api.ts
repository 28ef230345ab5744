import type { Route } from '#kit/api/route.ts';
import type { readRoutes } from '../contract.ts';
import { findDeal, listDeals, listNewProjects, listStatistics } from './deal-routes.ts';
import type { ReadPorts } from './ports.ts';
import { findProblem, listCorrections, listProblems } from './problem-routes.ts';
import { findRun, listRuns } from './run-routes.ts';

/** All that is read of this workload. */
export const readApi = {
  'GET /apiv1/deals': listDeals,
  'GET /apiv1/deals/{id}': findDeal,
  'GET /apiv1/deal-statistics': listStatistics,
  'GET /apiv1/deal-statistics/new-projects': listNewProjects,
  'GET /presale/runs': listRuns,
  'GET /presale/runs/{publication_date}': findRun,
  'GET /presale/problems': listProblems,
  'GET /presale/problems/{id}': findProblem,
  'GET /presale/corrections': listCorrections,
} satisfies Record<(typeof readRoutes)[number], Route<ReadPorts>>;
