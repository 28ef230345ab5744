import * as z from 'zod';
import { count, momentText, resultOf, rowId } from '#kit/api/answers.ts';
import { runStates } from '../runs/run.ts';
import { slotStates } from '../slots/slot.ts';

const text = z.string();

const counted = {
  at: momentText.describe('Where the hour or the day begins, UTC.'),
  runs: count.describe('Runs that began in it and are parts of no other.'),
  in: z.int().describe('Of these runs; in the overview also what came by streams.'),
  out: z.int(),
  failed: z.int(),
  filtered: z.int(),
  lost: z.int().describe('Of those that ended: other than 0, something got lost or was counted twice.'),
};

const stripRun = z
  .object({
    id: rowId.nullable().describe('null: a task, which is found by its name.'),
    workload: text,
    name: text,
    kind: text,
    state: z.enum(runStates),
    started_at: momentText,
    ended_at: momentText.nullable(),
    lost: z.int().nullable(),
  })
  .meta({ id: 'StripRun' });

const stripSlot = z
  .object({
    workload: text,
    schedule: text,
    scheduled_at: momentText,
    state: z.enum(slotStates),
    run: text.nullable(),
  })
  .meta({ id: 'StripSlot' });

const openReason = z
  .object({ workload: text, source_name: text, reason: text, count, last_at: momentText })
  .meta({ id: 'OpenReason' });

const series = z.array(z.object(counted).meta({ id: 'CountsOfAStep' }));

/** How one workload stands. */
const workloadOverview = z
  .object({
    workload: text,
    runs: z.array(stripRun).describe('The newest 30 that are parts of no other.'),
    slots: z.array(stripSlot).describe('The newest 30 of its schedules.'),
    running: count.describe('Runs under way now.'),
    cost_usd: z.number().nullable().describe('Estimate of the runs begun this month; null: none of them has one.'),
    last_24_hours: series.describe('By hour, also those in which nothing began.'),
    last_30_days: series.describe('By day.'),
    failures: z
      .object({ open: count, reasons: z.array(openReason).describe('The 10 that most failures have.') })
      .nullable()
      .describe('null: who asks may not see the ledger.'),
    missed: z.array(stripSlot).describe('Slots that were due, and that nobody has run yet.'),
    paused: z.array(z.object({ schedule: text, at: momentText, by: text, note: text.nullable() })),
    next: z.array(z.object({ schedule: text, at: momentText })).describe('The next 5 slots.'),
  })
  .meta({ id: 'WorkloadOverview' });

/** The first page. */
export const overview = resultOf(
  z.object({
    generated_at: momentText,
    month_from: momentText.describe('Since when costs are counted.'),
    workloads: z.array(workloadOverview),
  }),
);

/** Counts of runs over time. */
export const runCounts = resultOf(
  z.object({
    data: z.array(
      z
        .object({
          workload: text,
          ...counted,
          waiting: z.int(),
          states: z.partialRecord(z.enum(runStates), count).describe('How many of them are in which state now.'),
        })
        .meta({ id: 'RunCounts' }),
    ),
  }),
);

/** Counts of streams over time. */
export const streamCounts = resultOf(
  z.object({
    data: z.array(
      z
        .object({
          workload: text,
          at: counted.at,
          in: count.describe('What came.'),
          out: count,
          filtered: count,
          failed: count,
        })
        .meta({ id: 'StreamCounts' }),
    ),
  }),
);

/** Counts of failures over time. */
export const failureCounts = resultOf(
  z.object({
    data: z.array(z.object({ workload: text, reason: text, at: counted.at, count }).meta({ id: 'FailureCounts' })),
  }),
);
