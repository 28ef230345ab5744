import * as z from 'zod';
import type { DocumentedApi, DocumentedCodes } from '#kit/api/documentation.ts';
import { changed, submitted } from './api/answers.ts';
import { failed } from './api/envelope.ts';
import { briefsApiRoutes } from './api/routes.ts';
import { briefCodes } from './work/codes.ts';

/** What is wrong with a brief is told with HTTP's 200, as the front end knows it. */
const refusable = new Set<z.ZodType>([submitted, changed]);

const refusal = z.object({
  err_code: z.union(Object.values(briefCodes).map(([code, text]) => z.literal(code).meta({ description: text }))).meta({
    description: Object.values(briefCodes)
      .map(([code, text]) => `${code} ${text}`)
      .join(' '),
  }),
  err_msg: z.literal(failed),
  data: z.string(),
});

const envelope: DocumentedCodes = {
  name: 'BriefProblem',
  wrap: (data) => {
    const success = z.object({ err_code: z.literal(0), err_msg: z.literal('success.'), data });
    return refusable.has(data) ? z.union([success, refusal]) : success;
  },
  failure: z.object({
    err_code: z.int().meta({ description: 'HTTP’s status.', examples: [404] }),
    err_msg: z.literal(failed),
    data: z.string().meta({ examples: ['There is no brief 1.'] }),
  }),
  wrongInput: 400,
};

/** What the document of the API says of briefs. */
export const openapi: DocumentedApi = {
  tags: [{ name: 'briefs', description: 'Keywords on five social platforms, to lists, workbooks and word clouds.' }],
  parts: [{ handler: 'briefs/api', routes: briefsApiRoutes, tag: 'briefs', envelope }],
};
