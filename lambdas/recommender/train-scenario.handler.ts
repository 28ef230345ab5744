import { randomUUID } from 'node:crypto';
import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { trainScenarioEnv, trainScenarioInput, trainScenarioOutput } from './contract.ts';
import { modelFiles } from './registry/models-bucket.ts';
import { outgrownRows, trainingStores } from './registry/training-store.ts';
import { scenarioMarkers } from './schedules/markers-bucket.ts';
import { sparkFilesIn } from './spark/spark-files-bucket.ts';
import { trainOrHandOver } from './spark/train-or-hand-over.ts';

/** Trains the model of one scenario: a function of its own, for a dense matrix takes more memory than all other work. */
export const handler = stepHandler({
  env: trainScenarioEnv,
  input: trainScenarioInput,
  output: trainScenarioOutput,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    return {
      ...trainingStores(database),
      outgrown: outgrownRows(database),
      files: modelFiles(env.RAW_BUCKET),
      spark: sparkFilesIn(env.RAW_BUCKET),
      sparkAbove: env.SPARK_ABOVE,
      markers: scenarioMarkers(env.RAW_BUCKET),
      newId: randomUUID,
      clock: systemClock,
    };
  },
  handle: trainOrHandOver,
});
