import * as z from 'zod';
import { codedEnvelope } from '#kit/api/coded-envelope.ts';
import type { DocumentedCodes } from '#kit/api/documentation.ts';

/** Answers `{"code": 200, "message": "success", "data": ...}`; of a failure the code is HTTP's status. */
export const recommenderEnvelope = codedEnvelope<never>({
  fields: { code: 'code', msg: 'message', data: 'data' },
  success: { code: 200, msg: 'success' },
  codes: {},
  failure: (_code, detail, more) => ({ msg: detail, data: Object.keys(more).length === 0 ? null : more }),
});

/** The same in the document of the API. */
export const documentedEnvelope: DocumentedCodes = {
  name: 'RecommenderProblem',
  wrap: (data) => z.object({ code: z.literal(200), message: z.literal('success'), data }),
  failure: z.object({
    code: z.int().meta({ description: 'HTTP’s status.', examples: [404] }),
    message: z.string(),
    data: z.record(z.string(), z.string()).nullable(),
  }),
  wrongInput: 400,
};

/** A page of a list, as its clients know it. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ total: z.int(), page: z.int(), page_size: z.int(), items: z.array(item) });
}
