import { randomUUID } from 'node:crypto';
import { userHash } from '../erasure/user-hash.ts';
import { experimentBook } from '../experiments/experiment-store.ts';
import { historyOf } from '../profiles/history-store.ts';
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

interface Serving {
  readonly clock: () => Date;
  readonly model: ListPorts['model'];
  /** Of the hashes of erased users. */
  readonly key: () => Promise<string>;
}

/** What the routes of scenarios and recommendations are answered with. */
export function servingParts(database: Opened, { clock, model, key }: Serving): ServingPorts & ScenarioPorts {
  const scenarios = scenarioBook(database);
  const experiments = experimentBook(database);
  return {
    scenarios,
    serving: {
      ...listParts(database, model),
      configOf: async (of, user) => {
        const config = await scenarios.configOf(of);
        return config && underExperiment(config, user, await experiments.running(of.tenant, of.scenario));
      },
      lists: listBook(database),
      answers: answerBook(database, async (tenant, user) => userHash(await key(), tenant, user)),
      clock,
      newId: randomUUID,
    },
    similar: (of, asked) => neighboursOf(database, of, asked),
    profiles: (asked) => profilesOf(database, asked),
    history: (asked) => historyOf(database, asked),
  };
}
