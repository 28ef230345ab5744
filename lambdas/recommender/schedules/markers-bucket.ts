import { type ObjectStore, objectStore } from '#adapters/object-store.ts';
import { NotFoundError } from '#kit/errors.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { StartSchedulePorts } from './start-schedule.ts';

const markersPrefix = 'recommender/markers/';
const seenPrefix = 'recommender/seen-markers/';

/** Where the time of a scenario's last behaviour stands, for whoever wants to know without the database. */
export function markerKey({ tenant, scenario }: ScenarioKey): string {
  return `${markersPrefix}${encodeURIComponent(tenant)}/${encodeURIComponent(scenario)}.json`;
}

function seenKey(schedule: string, { tenant, scenario }: ScenarioKey): string {
  return `${seenPrefix}${schedule}/${encodeURIComponent(tenant)}/${encodeURIComponent(scenario)}.json`;
}

/** Which marker each schedule has computed up to: a marker that reads otherwise says that something is new. */
export interface SeenMarkers {
  /** After the work: what breaks off is done again. */
  done(schedule: string, scenario: ScenarioKey, marker: string): Promise<void>;
}

/** In the raw bucket. */
export function scenarioMarkers(bucket: string): StartSchedulePorts['markers'] & SeenMarkers {
  const store = objectStore(bucket);
  return {
    async newest() {
      const keys = await Array.fromAsync(store.list(markersPrefix));
      const scenarios = keys.flatMap((key) => {
        const [, tenant = '', scenario = ''] = /^([^/]+)\/([^/]+)\.json$/.exec(key.slice(markersPrefix.length)) ?? [];
        return tenant && scenario
          ? [{ key, tenant: decodeURIComponent(tenant), scenario: decodeURIComponent(scenario) }]
          : [];
      });
      return Promise.all(
        scenarios.map(async ({ key, tenant, scenario }) => ({ tenant, scenario, marker: await store.readText(key) })),
      );
    },
    seen: (schedule, scenario) => textOf(store, seenKey(schedule, scenario)),
    done: (schedule, scenario, marker) => store.put(seenKey(schedule, scenario), marker),
  };
}

async function textOf(store: ObjectStore, key: string): Promise<string | undefined> {
  try {
    return await store.readText(key);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
