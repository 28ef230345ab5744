import type { RunPlan } from '../contract.ts';
import type { RefreshStatistics } from '../ports.ts';

/** Brings the statistics of the run's counties up to date with its deals. */
export async function refreshMonthlyStatistics(
  { plan }: { readonly plan: RunPlan },
  { refresh }: { readonly refresh: RefreshStatistics },
): Promise<{ groups: number }> {
  return { groups: await refresh(plan.counties) };
}
