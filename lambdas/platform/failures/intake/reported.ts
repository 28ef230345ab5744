import * as z from 'zod';
import { type NewFailure, sourceKinds } from '#kit/ledger/failure.ts';
import type { Json } from './json.ts';

const text = z.string().min(1);

/** What `lambdas/platform/record/failure-sender.ts` sends. */
const reported = z.object({
  failures: z.array(
    z.object({
      naturalKey: text,
      workload: text,
      sourceKind: z.enum(sourceKinds),
      sourceName: text,
      door: text.optional(),
      reason: text,
      message: z.string(),
      stack: z.string().optional(),
      input: z.string(),
      inputExecution: text.optional(),
      inputKey: text.optional(),
      attributes: z.record(z.string(), z.string()),
      occurredAt: z.iso.datetime().transform((moment) => new Date(moment)),
      attempts: z.int().optional(),
      replayOf: z.int().optional(),
    }),
  ),
});

/** Failures that a function tells of itself; `undefined` for any other record. */
export function reportedFailures(body: Json): readonly NewFailure[] | undefined {
  return reported.safeParse(body).data?.failures;
}
