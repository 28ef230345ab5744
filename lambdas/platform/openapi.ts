import type { DocumentedApi } from '#kit/api/documentation.ts';
import { consoleApi } from './console/routes.ts';
import { healthApi, insideApi, outsideApi } from './dependencies/routes.ts';
import { docsApi } from './docs/routes.ts';
import { failuresApi } from './failures/api.ts';
import { queryApi } from './query/routes.ts';
import { runsApi } from './runs/api.ts';
import { stepsApi } from './steps/routes.ts';
import { topicsApi } from './topics/routes.ts';
import { usersApi } from './users/routes.ts';

/** The part of the API document that all workloads share. */
export const openapi: DocumentedApi = {
  tags: [
    { name: 'failures', description: 'The failure ledger: what failed, and sending it again.' },
    { name: 'runs', description: 'Units of work, slots of schedules, backfills, topics.' },
    { name: 'queries', description: 'SQL over the files of all workloads.' },
    { name: 'users', description: 'Who may call the API.' },
    { name: 'health', description: 'Whether the stack lives, and what it depends on.' },
    { name: 'console', description: 'The web application over all workloads.' },
    { name: 'documentation', description: 'This document, and a page that tries the routes.' },
  ],
  parts: [
    { handler: 'platform/failures-api', routes: failuresApi, tag: 'failures' },
    { handler: 'platform/runs-api', routes: runsApi, tag: 'runs' },
    { handler: 'platform/steps-api', routes: stepsApi, tag: 'runs' },
    { handler: 'platform/query-api', routes: queryApi, tag: 'queries' },
    { handler: 'platform/topics-api', routes: topicsApi, tag: 'runs' },
    { handler: 'platform/users-api', routes: usersApi, tag: 'users' },
    { handler: 'platform/check-inside', routes: insideApi, tag: 'health' },
    { handler: 'platform/check-outside', routes: outsideApi, tag: 'health' },
    { handler: 'platform/health', routes: healthApi, tag: 'health' },
    { handler: 'platform/console', routes: consoleApi, tag: 'console' },
    { handler: 'platform/docs', routes: docsApi, tag: 'documentation' },
  ],
};
