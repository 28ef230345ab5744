import type { SweepStore } from '../stores/sweep-store.ts';
import type { TaskSends } from '../worker/ports.ts';

export interface SweepPorts {
  readonly sweeps: SweepStore;
  readonly sends: TaskSends;
  readonly keepDays: number;
  /** Adds to a metric. */
  readonly count: (name: string, value: number) => void;
}

// One sweep must end before the next is due.
const atMost = 500;

/** Sends what has no message any more, tells callers that weren't told, and forgets what is old. */
export async function sweepTasks({ sweeps, sends, keepDays, count }: SweepPorts): Promise<void> {
  const forgotten = await sweeps.forgotten(atMost);
  for (let first = 0; first < forgotten.length; first += atOnce)
    await Promise.all(forgotten.slice(first, first + atOnce).map((task) => sends.task(task)));
  await sends.callbacks(await sweeps.unheard(atMost));
  await sweeps.forget(keepDays);
  count('TasksSentAgain', forgotten.length);
  if ((await sweeps.open()) > 0) await sends.sweep();
}

const atOnce = 20;
