import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { planRunEnv, planRunInput, planRunOutput } from './contract.ts';
import { planRun } from './steps/plan-run.ts';
import { runStore } from './stores/run-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** `Plan the run`: what it is of, which counties, how often to try. */
export const handler = stepHandler({
  env: planRunEnv,
  input: planRunInput,
  output: planRunOutput,
  services: (env) => ({
    runs: runStore(openDatabase<PresaleTables>({ url: env.DATABASE_URL })),
    settings: {
      counties: env.PRESALE_COUNTIES,
      retrySeconds: env.PRESALE_RETRY_SECONDS,
      maxAttempts: env.PRESALE_MAX_ATTEMPTS,
    },
  }),
  handle: planRun,
});
