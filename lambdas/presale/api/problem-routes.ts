import * as z from 'zod';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { countyOrLetter, idPath, paging, publicationDate } from './parameters.ts';
import type { ProblemFilter, ReadPorts } from './ports.ts';

const filter = z
  .object({ publication_date: publicationDate.optional(), county: countyOrLetter().optional(), ...paging })
  .transform(({ publication_date, ...rest }): ProblemFilter => ({ ...rest, publicationDate: publication_date }));

/** GET /presale/problems */
export const listProblems = route({
  query: filter,
  handle: async ({ query }, { problems }: ReadPorts) => ({ status: 200, body: { result: await problems.list(query) } }),
});

/** GET /presale/problems/{id} */
export const findProblem = route({
  path: idPath,
  handle: async ({ path: { id } }, { problems }: ReadPorts) => {
    const problem = await problems.find(id);
    if (!problem) throw new NotFoundError(`Problem id ${id} doesn't exist.`);
    return { status: 200, body: { result: problem } };
  },
});

/** GET /presale/corrections */
export const listCorrections = route({
  query: filter,
  handle: async ({ query }, { problems }: ReadPorts) => ({
    status: 200,
    body: { result: await problems.corrections(query) },
  }),
});
