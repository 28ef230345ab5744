import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { runScenarioEnv, runScenarioInput, runScenarioOutput } from './contract.ts';
import { filesQueue } from './files/files-queue.ts';
import { servedModels } from './registry/served-models.ts';
import { scenarioMarkers } from './schedules/markers-bucket.ts';
import { runScenario } from './schedules/run-scenario.ts';
import { scenarioWorks } from './schedules/works.ts';

/** What a schedule computes of one scenario: similarities, profiles, hot items, lists. */
export const handler = stepHandler({
  env: runScenarioEnv,
  input: runScenarioInput,
  output: runScenarioOutput,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    return {
      works: scenarioWorks(database, systemClock, {
        model: servedModels(database, env.RAW_BUCKET),
        writeFiles: filesQueue(env.FILES_QUEUE_URL, env.FILES_DELAY_MS),
      }),
      markers: scenarioMarkers(env.RAW_BUCKET),
    };
  },
  handle: runScenario,
});
