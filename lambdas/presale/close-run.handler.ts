import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { closeRunEnv, closeRunInput, closeRunOutput } from './contract.ts';
import { closeRun } from './steps/close-run.ts';
import { runStore } from './stores/run-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** `Give up`: the run is marked as failed, and a person gets a mail that says why. */
export const handler = stepHandler({
  env: closeRunEnv,
  input: closeRunInput,
  output: closeRunOutput,
  services: (env) => ({ runs: runStore(openDatabase<PresaleTables>({ url: env.DATABASE_URL })) }),
  handle: closeRun,
});
