import type { CatchUpPolicy, SlotStart } from '#kit/schedule/schedule.ts';
import type { KeptSchedule, StartMessage } from './contract.ts';

/**
 * `started`: by its schedule, also when late. `missed`: due, and nobody has run it yet. `skipped`: missed, and its
 * policy runs none or a newer one. `caught-up`: by the keeper; `backfilled`: by a person's backfill.
 */
export const slotStates = ['started', 'missed', 'skipped', 'caught-up', 'backfilled'] as const;

export type SlotState = (typeof slotStates)[number];

/** A slot that is still missed. */
export interface OpenSlot {
  readonly scheduledAt: Date;
  /** When its start was asked for last, and how often. */
  readonly askedAt: Date | undefined;
  readonly asks: number;
}

/** What one look at a schedule found and did. */
export interface Settled {
  readonly missed: number;
  readonly skipped: number;
  readonly asked: number;
}

/** Where a look at a schedule leads. */
export interface SlotSends {
  /** Puts one start into the queue of starts. */
  readonly ask: (message: StartMessage) => Promise<void>;
  /** Wakes the mailer of failures; it sleeps for a minute first, so that the failures are written by then. */
  readonly wake: (workloads: Iterable<string>) => Promise<void>;
}

/** The book of slots. Throws UnavailableError while the database is away. */
export interface SlotBook {
  /** A slot's work was started; the first who says so is right. */
  record(start: SlotStart): Promise<void>;
  /** The slot's schedule found nothing to do. */
  skip(start: SlotStart): Promise<void>;
  /**
   * Gives every slot that is due by now its row, and follows the policy for those nobody ran. What is asked for has
   * left before it is written; asked for twice is started once.
   */
  settle(schedule: KeptSchedule, now: Date, sends: SlotSends): Promise<Settled>;
}

/** Which of the missed slots are started now, and which never. */
export type CatchUp = (
  policy: CatchUpPolicy,
  open: readonly OpenSlot[],
  now: Date,
) => { readonly ask: readonly Date[]; readonly skip: readonly Date[] };
