import type { DocumentedApi } from '#kit/api/documentation.ts';
import { backfillApi } from './api/backfill-routes.ts';
import { readApi } from './api/read-api.ts';
import { startApi } from './api/run-routes.ts';
import { correctApi } from './corrections/correct-problem.ts';

const tag = 'presale';

/** What the document of the API says of presale. */
export const openapi: DocumentedApi = {
  tags: [{ name: tag, description: 'Pre-sale deals of Taiwan: data, statistics, runs, problem rows and corrections.' }],
  parts: [
    { handler: 'presale/read-api', routes: readApi, tag },
    { handler: 'presale/start-run', routes: startApi, tag },
    { handler: 'presale/backfill-seasons', routes: backfillApi, tag },
    { handler: 'presale/correct-problem', routes: correctApi, tag },
  ],
};
