import { actions, isActed } from '../behavior/actions.ts';
import { updateHotItems } from '../hot/hot-store.ts';
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

/** What each schedule computes of a scenario, by the schedule's name; training has a function of its own size. */
export function scenarioWorks(
  database: Opened,
  clock: () => Date,
  model: ListPorts['model'],
): Readonly<Record<Exclude<keyof typeof recommenderSchedules, 'train-model'>, ScenarioWork>> {
  const scenarios = scenarioBook(database);
  return {
    'compute-item-similarity': async (key) => ({ ...(await computeSimilarity(database, key, { now: clock(), days })) }),
    'update-hot-items': async (key) => ({ ...(await updateHotItems(database, key, clock())) }),
    'update-user-profiles': async (key) => ({
      ...(await updateProfiles(database, key, { now: clock(), days, actions: actions.filter(isActed) })),
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
