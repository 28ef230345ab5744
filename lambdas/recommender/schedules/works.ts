import { actions, actionWeights, isActed } from '../behavior/actions.ts';
import type { ChangedTenant } from '../files/files-queue.ts';
import { updateHotItems } from '../hot/hot-store.ts';
import { computeMetrics } from '../metrics/compute-store.ts';
import { updateProfiles } from '../profiles/profile-store.ts';
import { scenarioBook } from '../scenarios/scenario-store.ts';
import { listParts } from '../serving/compose.ts';
import type { ListPorts } from '../serving/compute-list.ts';
import { listBook } from '../serving/list-store.ts';
import { precompute } from '../serving/precompute.ts';
import { computeSimilarity } from '../similarity/similarity-store.ts';
import type { ScenarioWork } from './run-scenario.ts';
import type { recommenderSchedules } from './timetable.ts';

type Opened = Parameters<typeof listParts>[0];

/** Similarities and profiles look at a month. */
const days = 30;

export interface WorkParts {
  readonly model: ListPorts['model'];
  /** Has the file of a tenant's segments written, by which older days are grouped. */
  readonly writeFiles: (changed: readonly ChangedTenant[]) => Promise<void>;
}

/** What each schedule computes of a scenario, by the schedule's name; training has a function of its own size. */
export function scenarioWorks(
  database: Opened,
  clock: () => Date,
  { model, writeFiles }: WorkParts,
): Readonly<Record<Exclude<keyof typeof recommenderSchedules, 'train-model'>, ScenarioWork>> {
  const scenarios = scenarioBook(database);
  return {
    'compute-item-similarity': async (key) => {
      const { similarity } = (await scenarios.configOf(key)) ?? {};
      const weighted = similarity ? { weights: actionWeights, decayPerDay: similarity.decay_per_day } : undefined;
      return { ...(await computeSimilarity(database, key, { now: clock(), days, weighted })) };
    },
    'update-hot-items': async (key) => ({ ...(await updateHotItems(database, key, clock())) }),
    'update-user-profiles': async (key) => {
      const counts = await updateProfiles(database, key, { now: clock(), days, actions: actions.filter(isActed) });
      await writeFiles([{ kind: 'segments', tenant_id: key.tenant }]);
      return { ...counts };
    },
    'compute-metrics': async ({ tenant, scenario }) => ({
      ...(await computeMetrics(database, { tenant, scenario, now: clock(), knownActions: actions })),
    }),
    'precompute-recommendations': async (key) => ({
      ...(await precompute(key, {
        ...listParts(database, model),
        configOf: scenarios.configOf,
        lists: listBook(database),
        clock,
      })),
    }),
  };
}
