import type * as z from 'zod';
import type { Clock } from '#kit/clock.ts';
import type { refreshStatisticsInput, refreshStatisticsOutput } from '../contract.ts';
import type { WriteDealFiles } from '../parquet/deals-queue.ts';
import type { RefreshNewProjects, RefreshStatistics, StaleStatistics } from '../ports.ts';
import { taipeiDate } from '../publication/publication-date.ts';

export interface RefreshStatisticsPorts {
  readonly refresh: RefreshStatistics;
  readonly refreshNewProjects: RefreshNewProjects;
  readonly stale: StaleStatistics;
  readonly writeDeals: WriteDealFiles;
  readonly clock: Clock;
}

/**
 * Brings the statistics and files of these counties up to date with their deals, and of all that lag behind a load, whichever
 * run it was of: one that ended before it came here leaves no statistics stale. A project is new as of the run's day in
 * Taiwan. What is loaded meanwhile stays marked.
 */
export async function refreshStatistics(
  { plan }: z.output<typeof refreshStatisticsInput>,
  { refresh, refreshNewProjects, stale, writeDeals, clock }: RefreshStatisticsPorts,
): Promise<z.input<typeof refreshStatisticsOutput>> {
  const behind = await stale.read();
  const counties = [...new Set([...plan.counties, ...behind.map(({ letter }) => letter)])];
  if (counties.length === 0) return { groups: 0, new_project_groups: 0 };
  const groups = await refresh(counties);
  const newProjectGroups = await refreshNewProjects(counties, taipeiDate(clock()));
  await writeDeals(counties);
  await stale.settle(behind);
  return { groups, new_project_groups: newProjectGroups };
}
