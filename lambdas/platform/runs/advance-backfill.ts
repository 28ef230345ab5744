import type { StartMessage } from '../contract.ts';
import type { BackfillItemRow } from './run.ts';

/** Which turn of which backfill it is. */
export interface Turn {
  readonly backfill_id: number;
  readonly turn: number;
}

export interface BackfillSends {
  /** Puts one start into the queue of starts. */
  readonly start: (message: StartMessage) => Promise<void>;
  /** Puts the next turn into the queue of turns, to come after the pace. */
  readonly turn: (turn: Turn) => Promise<void>;
}

export type Step = { readonly kind: 'start'; readonly ordinal: number } | { readonly kind: 'wait' | 'end' };

// A publication that isn't out waits for a day; the range doesn't.
const patienceMs = 60 * 60_000;

/** One after another: the next is started when the one before has ended, or has taken longer than an hour. */
export function nextStep(items: readonly BackfillItemRow[], now: Date): Step {
  const last = items.findLast(({ state }) => state !== 'waiting');
  const busy = last?.state === 'asked' || last?.state === 'running';
  if (busy && now.getTime() - (last.asked_at?.getTime() ?? 0) < patienceMs) return { kind: 'wait' };
  const next = items.find(({ state }) => state === 'waiting');
  return next ? { kind: 'start', ordinal: next.ordinal } : { kind: 'end' };
}
