import * as z from 'zod';
import { route } from '#kit/api-handler.ts';
import { NotFoundError } from '#kit/errors.ts';
import { dateParameter } from '#kit/parameters.ts';
import { type RunRequest, runRequest } from '../contract.ts';
import { seasonDate } from '../publication/season.ts';
import type { StartedRun } from '../steps/start-run.ts';
import { countyOrLetter, paging } from './parameters.ts';
import type { ReadPorts } from './ports.ts';

/** `2022-09-11`, or a season such as 111S3, which stands for its own date. */
const publicationDate = z
  .string()
  .transform((text) => (/^\d{2,3}S[1-4]$/.test(text) ? seasonDate(text) : text))
  .pipe(dateParameter('Not a valid date or season.'));

/** GET /presale/runs */
export const listRuns = route({
  query: z.object(paging),
  handle: async ({ query }, { runs }: ReadPorts) => ({ status: 200, body: { result: await runs.list(query) } }),
});

/** GET /presale/runs/{publication_date} */
export const findRun = route({
  path: z.object({ publication_date: publicationDate }),
  handle: async ({ path }, { runs }: ReadPorts) => {
    const run = await runs.find(path.publication_date);
    if (!run) throw new NotFoundError(`Run ${path.publication_date} doesn't exist.`);
    return { status: 200, body: { result: run } };
  },
});

/** GET /presale/problems */
export const listProblems = route({
  query: z.object({
    publication_date: publicationDate.optional(),
    county: countyOrLetter().optional(),
    ...paging,
  }),
  handle: async ({ query: { publication_date, ...filter } }, { runs }: ReadPorts) => {
    const result = await runs.problems({ ...filter, publicationDate: publication_date });
    return { status: 200, body: { result } };
  },
});

/** POST /presale/runs */
export const postRun = route({
  body: runRequest,
  handle: async ({ body }, { start }: { readonly start: (request: RunRequest) => Promise<StartedRun> }) => ({
    status: 202,
    body: { result: await start(body) },
  }),
});
