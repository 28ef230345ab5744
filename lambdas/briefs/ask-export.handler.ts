import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { askExportEnv, askExportInput, askExportOutput } from './contract.ts';
import { exportAgain } from './stores/again-store.ts';

/** Asks for the files of a stage, or of a whole brief, anew: what tasks may ask. None where no such stage has ended. */
export const handler = stepHandler({
  env: askExportEnv,
  input: askExportInput,
  output: askExportOutput,
  services: (env) => ({
    database: openDatabase<unknown>({ url: env.DATABASE_URL }),
    ask: queue(env.EXPORTS_QUEUE_URL),
  }),
  handle: async (of, { database, ask }) => {
    const part = 'stage_uuid' in of ? { stage: of.stage_uuid } : { brief: of.job_uuid };
    const stages = [...(await exportAgain(database, part, of.owner))];
    for (const stage_uuid of stages) await ask({ stage_uuid });
    return { stages };
  },
});
