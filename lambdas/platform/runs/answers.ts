import * as z from 'zod';
import { count, momentText, rowId } from '#kit/api/answers.ts';
import { slotStates } from '../slots/slot.ts';
import { runStates } from './run.ts';

const text = z.string();
const number = z.int().nullable();

const counts = z
  .object({ in: number, out: number, failed: number, filtered: number, waiting: number })
  .describe('null: nobody knows.');

/** One unit of work that people ask about. */
export const run = z
  .object({
    id: rowId.nullable().describe('null: a task, which is found by its name.'),
    workload: text,
    name: text.describe('Unique within the workload.'),
    kind: text,
    execution: text.describe('Who works on it now.'),
    slot: momentText.nullable().describe("The schedule's slot that it was started for."),
    state: z.enum(runStates),
    started_at: momentText,
    ended_at: momentText.nullable(),
    parent: text.nullable().describe('Name of the run of the same workload that it is a part of.'),
    counts,
    lost: number.describe('in - out - failed - filtered - waiting: other than 0, something got lost or counted twice.'),
    parts: z
      .object({ runs: count, running: count, counts, lost: number.describe('Of those that ended.') })
      .nullable()
      .describe('The runs that are parts of it, together; null: it has none.'),
    waits_for: text.nullable().describe('Why it waits now; null: it does not wait.'),
    waits_until: momentText.nullable(),
    cost_usd: z.number().nullable().describe('Estimate.'),
    detail: z.record(z.string(), z.unknown()).describe("The workload's own."),
  })
  .meta({ id: 'Run' });

/** One time that a schedule was due. */
export const slot = z
  .object({
    schedule: text,
    scheduled_at: momentText,
    state: z.enum(slotStates),
    workload: text.nullable(),
    run: text.nullable().describe('Name of the run that was started for it.'),
    run_state: z.enum(runStates).nullable(),
    who: text.describe('Who started it: its schedule, the keeper of slots, or a person.'),
    started_at: momentText.nullable(),
    missed_at: momentText.nullable(),
    asked_at: momentText.nullable(),
    asks: count,
  })
  .meta({ id: 'Slot' });

const backfillFields = {
  id: rowId,
  workload: text,
  subject: text.describe('What it runs: a schedule, or seasons.'),
  first: text,
  last: text,
  who: text,
  created_at: momentText,
  ended_at: momentText.nullable(),
};

/** A range that is run again, as lists have it. */
export const backfill = z.object(backfillFields).meta({ id: 'Backfill' });

const item = z
  .object({
    ordinal: count,
    name: text,
    state: z.enum(['waiting', 'asked', 'not-started', 'started', ...runStates]),
    asked_at: momentText.nullable(),
  })
  .meta({ id: 'BackfillItem' });

/** The same with each of its pieces. */
export const backfillWithItems = z
  .object({ ...backfillFields, items: z.array(item) })
  .meta({ id: 'BackfillWithItems' });
