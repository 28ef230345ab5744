import * as z from 'zod';

/** The bodies of answers, as their JSON has them: a moment or a day is text there, and what is not known is null. */

/** `{"result": ...}`. */
export function resultOf<T extends z.ZodType>(result: T) {
  return z.object({ result });
}

/** One page of rows: `{"result": {"data": [...], "total": 9}}`. */
export function pageOf<T extends z.ZodType>(row: T) {
  return resultOf(z.object({ data: z.array(row), total: count.describe('Rows on all pages together.') }));
}

/** A row's id. */
export const rowId = z.int().min(1);

/** A number of things. */
export const count = z.int().min(0);

/** A moment, to the millisecond. */
export const momentText = z.iso
  .datetime()
  .meta({ description: 'ISO 8601, UTC.', examples: ['2026-11-21T02:00:00.000Z'] });

/** A calendar day. */
export const dayText = z.iso.date().meta({ examples: ['2026-11-21'] });

const estimate = z
  .object({
    items: count.describe('Pieces of the range.'),
    have_run: count.describe('Those that have run, and are not started again.'),
    to_start: count,
    earlier_runs: count.describe('How many earlier runs the estimate rests on.'),
    minutes: z.union([z.number(), z.literal('unknown')]),
    cost_usd: z.union([z.number(), z.literal('unknown')]),
  })
  .meta({ id: 'BackfillEstimate' });

/** What a backfill would do, and with `id` what was started. */
export const plannedBackfill = resultOf(
  z.object({ id: rowId.optional().describe('Missing where nothing was started.'), estimate }),
);
