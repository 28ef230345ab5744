import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { Clock } from '#kit/clock.ts';
import {
  type BackfillTurn,
  createBackfill,
  type Estimate,
  estimateBackfill,
  firstTurn,
} from '#record/backfill-book.ts';
import type { KeptSchedule } from '../contract.ts';
import { type SlotRange, slotItem, slotsInRange } from './schedule-backfill.ts';

export interface PlanPorts {
  readonly schedules: readonly KeptSchedule[];
  readonly clock: Clock;
  /** Puts the first turn into the queue of turns. */
  readonly send: (turn: BackfillTurn) => Promise<void>;
}

/** The request for a backfill and its result; without `id` nothing was started. */
export interface PlannedBackfill {
  readonly id: number | undefined;
  readonly estimate: Estimate;
}

export type PlanBackfill = (range: SlotRange & { readonly dry_run: boolean }, who: string) => Promise<PlannedBackfill>;

/** Estimates a range of slots and, unless it is a dry run, starts those that have not run. */
export function backfillPlanner(database: Database<unknown>, ports: PlanPorts): PlanBackfill {
  return async ({ dry_run, ...range }, who) => {
    const { schedule, slots } = slotsInRange(range, ports);
    const workload = schedule.name.split('/')[0] ?? schedule.name;
    return database.transaction(async ({ query }) => {
      const ran = await slotsThatRan(query, schedule.name, slots);
      const left = slots.filter((slot) => !ran.has(slot.getTime()));
      const size = { items: slots.length, toStart: left.length };
      const estimate = await estimateBackfill(query, { workload, schedule: schedule.name }, size);
      if (dry_run || left.length === 0) return { id: undefined, estimate };
      const items = left.map((slot) => slotItem(schedule, slot));
      const id = await createBackfill(query, { workload, subject: schedule.name, who, items });
      await ports.send(firstTurn(id));
      return { id, estimate };
    });
  };
}

async function slotsThatRan(
  query: Database<unknown>['query'],
  schedule: string,
  slots: readonly Date[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ scheduled_at: Date }>`
    SELECT scheduled_at FROM platform.slots
    WHERE schedule = ${schedule} AND started_at IS NOT NULL
      AND scheduled_at = ANY (${slots.map((slot) => slot.toISOString())}::timestamptz[])`.execute(query);
  return new Set(rows.map(({ scheduled_at }) => scheduled_at.getTime()));
}
