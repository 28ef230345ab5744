import * as z from 'zod';
import { whoField } from '#kit/api/author.ts';
import { choiceParameter, integerParameter, textParameter } from '#kit/api/parameters.ts';
import { sourceKinds } from '#kit/ledger/failure.ts';

/** What the ledger's routes take, in the words of all routes. */

const word = textParameter({ max: 200 }).optional();
const moment = z.iso.datetime({ offset: true, error: 'Not a valid time, such as 2026-11-21T02:00:00Z.' }).optional();

/** Which failures. */
export const filter = {
  workload: word,
  kind: choiceParameter(sourceKinds).optional(),
  source: word,
  reason: word,
  from: moment,
  to: moment,
};

export const idPath = z.object({ id: integerParameter({ min: 1 }) });

/** Why something is put right. */
export const note = textParameter({ max: 2000 }).optional();

export const noMore = z.undefined('Unknown field.');

/** A body that names many: at least one field of the filter, and how many at most. */
export function manyBody<S extends z.ZodRawShape>(most: number, more: S) {
  return z
    .object({ ...filter, limit: z.int().min(1).max(most), who: whoField, ...more })
    .catchall(noMore)
    .refine((given) => Object.keys(filter).some((name) => (given as Record<string, unknown>)[name] !== undefined), {
      error: `Name at least one of ${Object.keys(filter).join(', ')}.`,
    });
}
