import { randomUUID } from 'node:crypto';
import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { logger } from '#kit/telemetry.ts';
import { runScenarioInput, trainScenarioEnv, trainScenarioOutput } from './contract.ts';
import { modelBook } from './registry/model-store.ts';
import { modelFiles } from './registry/models-bucket.ts';
import { trainScenario } from './registry/train-scenario.ts';
import { trainingRows } from './registry/training-store.ts';
import { scenarioMarkers } from './schedules/markers-bucket.ts';
import { runScenario, type ScenarioWork } from './schedules/run-scenario.ts';

/** Trains the model of one scenario: a function of its own, for a dense matrix takes more memory than all other work. */
export const handler = stepHandler({
  env: trainScenarioEnv,
  input: runScenarioInput,
  output: trainScenarioOutput,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    const ports = {
      rows: trainingRows(database),
      models: modelBook(database),
      files: modelFiles(env.RAW_BUCKET),
      newId: randomUUID,
    };
    const train: ScenarioWork = async (key, _at, kind) => {
      const { state, because } = await trainScenario(key, systemClock(), ports, kind);
      logger().info('A model was trained', { ...key, state, because });
      return { trained: state === 'too-little' ? 0 : 1, promoted: state === 'online' ? 1 : 0 };
    };
    return { markers: scenarioMarkers(env.RAW_BUCKET), works: { 'train-model': train } };
  },
  handle: runScenario,
});
