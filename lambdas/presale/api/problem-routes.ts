import * as z from 'zod';
import { pageOf, resultOf } from '#kit/api/answers.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { correctionReport, problem, problemWithCorrections } from './answers.ts';
import { countyOrLetter, idPath, paging, publicationDate } from './parameters.ts';
import type { ProblemFilter, ReadPorts } from './ports.ts';

const filter = z
  .object({ publication_date: publicationDate.optional(), county: countyOrLetter().optional(), ...paging })
  .transform(({ publication_date, ...rest }): ProblemFilter => ({ ...rest, publicationDate: publication_date }));

/** GET /presale/problems */
export const listProblems = route({
  summary: 'Lists problem rows',
  permission: 'read',
  description: 'Rows that could not become deals and that nobody has put right.',
  answers: { 200: pageOf(problem) },
  query: filter,
  handle: async ({ query }, { problems }: ReadPorts) => ({ status: 200, body: { result: await problems.list(query) } }),
});

/** GET /presale/problems/{id} */
export const findProblem = route({
  summary: 'Shows one problem row with its corrections',
  permission: 'read',
  description: 'Also one that is right by now.',
  answers: { 200: resultOf(problemWithCorrections) },
  path: idPath,
  handle: async ({ path: { id } }, { problems }: ReadPorts) => {
    const found = await problems.find(id);
    if (!found) throw new NotFoundError(`Problem id ${id} doesn't exist.`);
    return { status: 200, body: { result: found } };
  },
});

/** GET /presale/corrections */
export const listCorrections = route({
  summary: 'Lists corrections',
  permission: 'operate',
  description: 'The newest first.',
  answers: { 200: pageOf(correctionReport) },
  query: filter,
  handle: async ({ query }, { problems }: ReadPorts) => ({
    status: 200,
    body: { result: await problems.corrections(query) },
  }),
});
