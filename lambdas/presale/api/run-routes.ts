import * as z from 'zod';
import { pageOf, resultOf } from '#kit/api/answers.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { type RunRequest, runRequest, type startRoutes } from '../contract.ts';
import type { StartedRun } from '../steps/start-run.ts';
import { presaleRun, startedRun } from './answers.ts';
import { paging, publicationDate } from './parameters.ts';
import type { ReadPorts } from './ports.ts';

/** GET /presale/runs */
export const listRuns = route({
  summary: 'Lists runs of the pre-sale load',
  permission: 'read',
  description: 'The newest publication first.',
  answers: { 200: pageOf(presaleRun) },
  query: z.object(paging),
  handle: async ({ query }, { runs }: ReadPorts) => ({ status: 200, body: { result: await runs.list(query) } }),
});

/** GET /presale/runs/{publication_date} */
export const findRun = route({
  summary: 'Shows one run with all its counties',
  permission: 'read',
  answers: { 200: resultOf(presaleRun) },
  path: z.object({ publication_date: publicationDate }),
  handle: async ({ path }, { runs }: ReadPorts) => {
    const run = await runs.find(path.publication_date);
    if (!run) throw new NotFoundError(`Run ${path.publication_date} doesn't exist.`);
    return { status: 200, body: { result: run } };
  },
});

/** POST /presale/runs */
const postRun = route({
  summary: 'Starts a run by hand',
  permission: 'operate',
  description: 'Of one publication or one season; again if it ran before. A run that is under way is a conflict (409).',
  answers: { 202: resultOf(startedRun) },
  body: runRequest,
  handle: async ({ body }, { start }: { readonly start: (request: RunRequest) => Promise<StartedRun> }) => ({
    status: 202,
    body: { result: await start(body) },
  }),
});

/** What `start-run` answers. */
export const startApi = { 'POST /presale/runs': postRun } satisfies Record<(typeof startRoutes)[number], unknown>;
