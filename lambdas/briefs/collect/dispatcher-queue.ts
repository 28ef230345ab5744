import type { Database } from '#adapters/database.ts';
import { queue, sendEach } from '#adapters/queue.ts';
import { wakeOnce } from '#adapters/queues/wake-once.ts';
import { logger } from '#kit/telemetry.ts';
import { hasCallsUnderWay, hasOpenCalls, markRunning, takeCalls } from '../stores/dispatch-store.ts';
import { giveUpCalls, takeRereads } from '../stores/sweep-store.ts';
import { coalesced } from './coalesced.ts';
import { type DispatchedCalls, dispatchedCalls } from './dispatch.ts';
import type { AllPlatformSettings } from './settings.ts';

/** A call may wait for its turn in the queue, take its time, and be read; then it counts as lost. */
const leaseMs = 3 * 60 * 1000;

export interface DispatcherOptions {
  readonly DATABASE_URL: string;
  readonly BRIEFS_PLATFORMS: AllPlatformSettings;
  readonly CALLS_QUEUE_URL: string;
  readonly ANSWERS_QUEUE_URL: string;
  readonly EXPORTS_QUEUE_URL: string;
  readonly SWEEPS_QUEUE_URL: string;
  readonly SWEEPS_QUEUE_ARN: string;
}

// The queue delays by 30 s. A sweep that finds nothing under way ends them, so it must come well after the last call that
// its message stands for: the row of that one may be written a moment later.
const sweepSlotMs = 20_000;

// It costs a look at every platform, and changes little from one call to the next.
const giveUpEveryMs = 1000;

/** What every function has that moves briefs on. */
export interface Dispatcher {
  /** Gives the next calls their turns. A message that gets lost is given back with its lease. */
  readonly dispatch: () => Promise<void>;
  /** Asks for the files of stages. */
  readonly exportStages: (stages: readonly string[]) => Promise<void>;
  /** Wakes the sweep in half a minute. Called before work is written, so that the sweep looks after all of it. */
  readonly wakeSweep: () => Promise<void>;
}

/** Turns for calls, and files for stages, over the database and the queues. */
export function dispatcher<T>(
  options: DispatcherOptions,
  database: Pick<Database<T>, 'query' | 'transaction'>,
  clock: () => Date,
): Dispatcher {
  const { BRIEFS_PLATFORMS: settings, SWEEPS_QUEUE_ARN: door } = options;
  const sendCalls = sendEach(options.CALLS_QUEUE_URL);
  const sendAnswers = sendEach(options.ANSWERS_QUEUE_URL);
  const ask = queue(options.EXPORTS_QUEUE_URL);
  const wake = wakeOnce(options.SWEEPS_QUEUE_URL, { slotMs: sweepSlotMs, message: () => ({}) });
  const exportStages = async (stages: readonly string[]): Promise<void> => {
    for (const stage_uuid of stages) await ask({ stage_uuid });
  };
  const wakeSweep = () => wake(['sweep']);
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Looks for what waits in vain now and then while something is under way, whose end comes by again, and else at once. */
  const giveUp = async (now: Date, taken: number): Promise<void> => {
    const isRecent = now.getTime() - lookedAtMs < giveUpEveryMs;
    if (isRecent && (taken > 0 || (await hasCallsUnderWay(database.query, now)))) return;
    lookedAtMs = now.getTime();
    await exportStages((await giveUpCalls(database, { settings, door, now })).toExport);
  };
  return {
    exportStages,
    wakeSweep,
    dispatch: coalesced(async () => {
      const now = clock();
      const again = await takeRereads(database.query, { now, leaseMs });
      await sendAnswers(again.map((message) => ({ message, delaySeconds: 0 })));
      const calls = await takeCalls(database, { settings, now, leaseMs });
      await giveUp(now, calls.length);
      if (calls.length > 0 || (await hasOpenCalls(database.query))) await wakeSweep();
      if (calls.length === 0) return;
      await markRunning(database, calls);
      await sendAll(sendCalls, dispatchedCalls(calls, settings, now));
    }),
  };
}

/** Messages that don't reach the queue are given back with the leases of their calls. */
async function sendAll(send: ReturnType<typeof sendEach>, messages: readonly DispatchedCalls[]): Promise<void> {
  const taken = await send(messages);
  if (taken.length < messages.length)
    logger().warn('Calls did not reach their queue: they are given back', { messages: messages.length - taken.length });
}
