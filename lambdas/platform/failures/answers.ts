import * as z from 'zod';
import { count, momentText, resultOf, rowId } from '#kit/api/answers.ts';
import { sourceKinds } from '#kit/ledger/failure.ts';
import { failureStates } from './ledger.ts';

const text = z.string();
const attributes = z.record(z.string(), z.string());

const summaryFields = {
  id: rowId,
  workload: text,
  source_kind: z.enum(sourceKinds),
  source_name: text.describe('Queue, function, schedule, topic with partition, file.'),
  reason: text.describe('A word to group by.'),
  message: text.describe('In lists at most 1,000 characters of it.'),
  occurred_at: momentText,
  recorded_at: momentText,
  attempts: count.nullable(),
  state: z.enum(failureStates),
  replay_of: rowId.nullable().describe('The failure whose replay this was.'),
  changed_by: text.nullable(),
  changed_at: momentText.nullable(),
  note: text.nullable().describe('What a person said when they put it right.'),
};

const summary = z.object(summaryFields).meta({ id: 'FailureSummary' });

const group = z
  .object({
    workload: text,
    source_name: text,
    reason: text,
    count: count.min(1),
    first_at: momentText,
    last_at: momentText,
  })
  .meta({ id: 'FailureGroup' });

/** A page of failures, and all that match in groups. */
export const failurePage = resultOf(
  z.object({
    data: z.array(summary).describe('The newest first.'),
    total: count.describe('Failures on all pages together.'),
    groups: z.array(group).describe('How many failures of one source have one reason; the 500 largest groups.'),
  }),
);

/** One failure with all that is known. */
export const failure = z
  .object({
    ...summaryFields,
    natural_key: text.describe('The same failure told twice has the same one.'),
    door: text.nullable().describe('Where a replay goes back in: an ARN, or s3://bucket/key.'),
    stack: text.nullable(),
    input: text.nullable().describe('As it was received; null when it lies in the bucket under input_key.'),
    input_key: text.nullable(),
    input_execution: text.nullable().describe('The execution that keeps an input too large for its event.'),
    attributes,
    replay_id: rowId.nullable().describe('The replay of many that took it.'),
    told_in: rowId.nullable().describe('The alert mail that told of it.'),
    sent_at: momentText.nullable(),
    lineage: z.array(summary).describe('Failures that led to this one and that came of it, the first of them first.'),
  })
  .meta({ id: 'Failure' });

/** The state that a failure has now. */
export const settledFailure = resultOf(z.object({ id: rowId, state: z.enum(failureStates) }));

/** The message that a replay of one failure would send. */
export const replayPreview = resultOf(
  z.object({
    id: rowId,
    state: z.enum(failureStates),
    replay: z.object({
      name: text,
      failure_id: rowId,
      door: text,
      attributes,
      input: text.optional().describe('The input itself; else where it lies.'),
      input_key: text.optional(),
      input_execution: text.optional(),
    }),
  }),
);

const replayStates = ['running', 'done', 'stopped'] as const;

const pace = {
  chosen: count.describe('Failures that were chosen.'),
  rate: z.number().describe('Failures a second.'),
};

const replayFields = {
  id: rowId,
  filter: z.record(z.string(), z.string()).describe('What was asked for.'),
  ...pace,
  state: z.enum(replayStates),
  asked_by: text,
  asked_at: momentText,
  changed_at: momentText.nullable(),
};

/** Replays of many. */
export const replayList = resultOf(
  z.array(z.object(replayFields).meta({ id: 'Replay' })).describe('The newest first.'),
);

/** One of them, and how far it is. */
export const replayProgress = z
  .object({
    ...replayFields,
    waiting: count.describe('Chosen and not yet sent.'),
    sent: count,
    resolved: count.describe('Sent and known to be put right.'),
    failed_again: count.describe('New failures that came of it.'),
  })
  .meta({ id: 'ReplayProgress' });

const lasting = { ...pace, seconds: count.describe('How long it takes at that rate.') };

/** The effect that a replay of many failures would have. */
export const replayEstimate = resultOf(
  z.object({
    ...lasting,
    groups: z.array(group.pick({ workload: true, source_name: true, reason: true, count: true })),
    without_door: count.describe('Open ones that match and came in at no door: they cannot be replayed.'),
  }),
);

/** A replay of many that has begun. */
export const begunReplay = resultOf(z.object({ id: rowId, state: z.enum(replayStates), ...lasting }));

/** A replay of many that was stopped. */
export const stoppedReplay = resultOf(z.object({ id: rowId, state: z.enum(replayStates) }));
