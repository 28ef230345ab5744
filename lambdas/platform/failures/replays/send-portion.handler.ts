import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { sendEach } from '#adapters/queue.ts';
import { TransientError } from '#kit/errors.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { portionInput, portionOutput, sendPortionEnv } from '../../contract.ts';
import type { PlatformTables } from '../matching-store.ts';
import { sendPortion } from './portion.ts';
import { replays } from './replays-store.ts';

/** `Send a portion`: some failures of a replay of many go into the queue of replays, spread over their seconds. */
export const handler = stepHandler({
  env: sendPortionEnv,
  input: portionInput,
  output: portionOutput,
  services: (env) => ({
    replays: replays(openDatabase<PlatformTables>({ url: env.DATABASE_URL })),
    sendAll: sendEach(env.REPLAYS_QUEUE_URL),
    clock: systemClock,
  }),
  async handle({ replay_id }, ports) {
    const { state, sent, all, nextAt } = await sendPortion(replay_id, ports);
    if (!all) throw new TransientError(`SQS took ${sent} messages and not the rest`);
    return { state, sent, next_at: nextAt.toISOString() };
  },
});
