import type { openDatabase } from '#adapters/database.ts';
import { queue, sendEach } from '#adapters/queue.ts';
import { logger } from '#kit/telemetry.ts';
import { dispatchedCall } from '../collect/dispatch.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import { markRunning, takeCalls } from './dispatch-store.ts';

/** A call may wait for its turn in the queue, take its time, and be read; then it counts as lost. */
const leaseMs = 3 * 60 * 1000;

export interface DispatcherOptions {
  readonly DATABASE_URL: string;
  readonly BRIEFS_PLATFORMS: AllPlatformSettings;
  readonly CALLS_QUEUE_URL: string;
  readonly EXPORTS_QUEUE_URL: string;
}

/** What every function needs that moves briefs on: turns for their calls, and files for their stages. */
export function dispatcher<T>(
  { BRIEFS_PLATFORMS: settings, CALLS_QUEUE_URL, EXPORTS_QUEUE_URL }: DispatcherOptions,
  database: ReturnType<typeof openDatabase<T>>,
  clock: () => Date,
) {
  const send = sendEach(CALLS_QUEUE_URL);
  const ask = queue(EXPORTS_QUEUE_URL);
  return {
    /** Gives the next calls their turns. A message that gets lost is given back with its lease. */
    dispatch: async (): Promise<void> => {
      const now = clock();
      const calls = await takeCalls(database, { settings, now, leaseMs });
      if (calls.length === 0) return;
      await markRunning(database, calls);
      const taken = await send(calls.map((call) => dispatchedCall(call, settings, now)));
      if (taken.length < calls.length)
        logger().warn('Calls did not reach their queue: they are given back', { lost: calls.length - taken.length });
    },
    exportStages: async (stages: readonly string[]): Promise<void> => {
      for (const stage of stages) await ask({ stage_uuid: stage });
    },
  };
}
