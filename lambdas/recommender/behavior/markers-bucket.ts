import { objectStore } from '#adapters/object-store.ts';
import type { BehaviorRow } from './rows.ts';

/** Writes for each scenario when its last behaviour came: schedules look there before they compute. */
export function behaviorMarkers(bucket: string): (rows: readonly BehaviorRow[], now: Date) => Promise<void> {
  const store = objectStore(bucket);
  return async (rows, now) => {
    const scenarios = new Set(
      rows.map((row) => `${encodeURIComponent(row.tenant_id)}/${encodeURIComponent(row.scenario_id)}`),
    );
    const body = JSON.stringify({ last_behavior: now.toISOString() });
    for (const scenario of scenarios)
      await store.put(`recommender/markers/${scenario}.json`, body, { contentType: 'application/json' });
  };
}
