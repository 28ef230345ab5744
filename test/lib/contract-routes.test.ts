import { expect, test } from 'vitest';
import {
  checkInsideRoutes,
  checkOutsideRoutes,
  docsRoutes,
  failuresRoutes,
  fallbackRoute,
  healthRoutes,
  runsRoutes,
} from '../../lambdas/platform/contract.ts';
import { backfillRoutes, correctRoutes, readRoutes, startRoutes } from '../../lambdas/presale/contract.ts';
import { taggerRoutes, tryRoutes } from '../../lambdas/tagger/contract.ts';
import { filesRoutes, tasksRoutes } from '../../lambdas/tasks/contract.ts';
import { routesOf } from '../../lib/inventory/triggers.ts';
import { prod } from './assemblies.ts';

test('the API has the routes of the contracts, each answered by its handler', () => {
  const expected = [
    ...healthRoutes.map((key) => ({ key, handler: 'platform/health' })),
    ...docsRoutes.map((key) => ({ key, handler: 'platform/docs' })),
    ...readRoutes.map((key) => ({ key, handler: 'presale/read-api' })),
    ...startRoutes.map((key) => ({ key, handler: 'presale/start-run' })),
    ...backfillRoutes.map((key) => ({ key, handler: 'presale/backfill-seasons' })),
    ...correctRoutes.map((key) => ({ key, handler: 'presale/correct-problem' })),
    ...taggerRoutes.map((key) => ({ key, handler: 'tagger/api' })),
    ...tryRoutes.map((key) => ({ key, handler: 'tagger/try' })),
    ...tasksRoutes.map((key) => ({ key, handler: 'tasks/api' })),
    ...filesRoutes.map((key) => ({ key, handler: 'tasks/files-api' })),
    ...failuresRoutes.map((key) => ({ key, handler: 'platform/failures-api' })),
    ...runsRoutes.map((key) => ({ key, handler: 'platform/runs-api' })),
    ...checkInsideRoutes.map((key) => ({ key, handler: 'platform/check-inside' })),
    ...checkOutsideRoutes.map((key) => ({ key, handler: 'platform/check-outside' })),
    { key: fallbackRoute, handler: 'platform/docs' },
  ];

  expect(routesOf(prod)).toEqual(expected);
});
