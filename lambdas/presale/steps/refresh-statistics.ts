import type * as z from 'zod';
import type { Clock } from '#kit/clock.ts';
import type { RunPlan, refreshStatisticsOutput } from '../contract.ts';
import type { RefreshNewProjects, RefreshStatistics } from '../ports.ts';
import { taipeiDate } from '../publication/publication-date.ts';

export interface RefreshStatisticsPorts {
  readonly refresh: RefreshStatistics;
  readonly refreshNewProjects: RefreshNewProjects;
  readonly clock: Clock;
}

/** Brings the statistics of the run's counties up to date with its deals. A project is new as of the run's day in Taiwan. */
export async function refreshStatistics(
  { plan }: { readonly plan: Pick<RunPlan, 'counties'> },
  { refresh, refreshNewProjects, clock }: RefreshStatisticsPorts,
): Promise<z.input<typeof refreshStatisticsOutput>> {
  return {
    groups: await refresh(plan.counties),
    new_project_groups: await refreshNewProjects(plan.counties, taipeiDate(clock())),
  };
}
