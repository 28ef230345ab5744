import { randomUUID } from 'node:crypto';
import { experimentBook } from '../experiments/experiment-store.ts';
import { profilesOf } from '../profiles/profile-store.ts';
import { historyWeights } from '../ranking/history-weights.ts';
import type { ScenarioPorts } from '../scenarios/routes.ts';
import { scenarioBook } from '../scenarios/scenario-store.ts';
import { neighboursOf } from '../similarity/similarity-store.ts';
import { answerBook } from './answer-store.ts';
import type { ListPorts } from './compute-list.ts';
import { listBook } from './list-store.ts';
import type { ServingPorts } from './ports.ts';
import { recall } from './recall-store.ts';
import { underExperiment } from './under-experiment.ts';

type Opened = Parameters<typeof recall>[0] & Parameters<typeof listBook>[0];

/** What a list is computed with. */
export function listParts(database: Opened, model: ListPorts['model']): ListPorts {
  return { recall: recall(database), model, actionWeights: historyWeights };
}

/** What the routes of scenarios and recommendations are answered with. */
export function servingParts(
  database: Opened,
  clock: () => Date,
  model: ListPorts['model'],
): ServingPorts & ScenarioPorts {
  const scenarios = scenarioBook(database);
  const experiments = experimentBook(database);
  return {
    scenarios,
    serving: {
      ...listParts(database, model),
      configOf: async (key, user) => {
        const config = await scenarios.configOf(key);
        return config && underExperiment(config, user, await experiments.running(key.tenant, key.scenario));
      },
      lists: listBook(database),
      answers: answerBook(database),
      clock,
      newId: randomUUID,
    },
    similar: (key, asked) => neighboursOf(database, key, asked),
    profiles: (asked) => profilesOf(database, asked),
  };
}
