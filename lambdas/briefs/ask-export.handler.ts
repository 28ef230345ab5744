import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { NotFoundError } from '#kit/errors.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { askExportEnv, askExportInput, askExportOutput } from './contract.ts';
import { exportAgain } from './stores/again-store.ts';

/** Asks for the files of a stage, or of a whole brief, anew: what tasks and commands may ask. */
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
    const stages = [...(await exportAgain(database, part))];
    if (stages.length === 0) throw new NotFoundError('There is no stage that has ended under this id');
    for (const stage_uuid of stages) await ask({ stage_uuid });
    return { stages };
  },
});
