import * as z from 'zod';
import { whoField } from '#kit/api/author.ts';
import { choiceParameter, integerParameter, momentParameter, textParameter } from '#kit/api/parameters.ts';
import { sourceKinds } from '#kit/ledger/failure.ts';

/** The parameters of the ledger's routes, named as on all routes. */

const word = textParameter({ max: 200 }).optional();

/** Which failures. */
export const filter = {
  workload: word.meta({ examples: ['presale'] }),
  kind: choiceParameter(sourceKinds).optional().describe('What came in there.'),
  source: word.describe('Name of the source.'),
  reason: word.describe('The word that groups are by.'),
  from: momentParameter().optional().describe('First moment of the failure.'),
  to: momentParameter().optional().describe('First moment after.'),
};

export const idPath = z.object({ id: integerParameter({ min: 1 }).describe('Id of the row.') });

/** Why something is put right. */
export const note = textParameter({ max: 2000 }).optional().describe('Why it is put right.');

export const noMore = z.undefined('Unknown field.');

/** A body that names many: at least one field of the filter, and how many at most. */
export function manyBody<S extends z.ZodRawShape>(most: number, more: S) {
  return z
    .object({
      ...filter,
      limit: z.int().min(1).max(most).describe('The oldest, and no more than so many.'),
      who: whoField,
      ...more,
    })
    .catchall(noMore)
    .refine((given) => Object.keys(filter).some((name) => (given as Record<string, unknown>)[name] !== undefined), {
      error: `Name at least one of ${Object.keys(filter).join(', ')}.`,
    });
}
