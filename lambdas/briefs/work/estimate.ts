import type { AllPlatformSettings } from '../collect/settings.ts';
import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { StageOrder } from './job-content.ts';
import { type TaskPlan, tasksOf } from './plan.ts';

/** Calls at most, and what they cost. */
export interface CallEstimate {
  readonly calls: number;
  /** Of these, those for fans, full texts and figures. */
  readonly detail_calls: number;
  readonly cost_usd: number;
  /** The brief would stop before it passes its budget of this platform. */
  readonly over_budget: boolean;
}

export interface BriefEstimate extends CallEstimate {
  readonly by_platform: Readonly<Partial<Record<PlatformName, CallEstimate>>>;
}

/**
 * What a brief may cost at most: all of its pages, and a call for each user and note where those are asked for. It gets
 * cheaper by every page that isn't there, and by users who wrote several articles.
 */
export function estimateOf(orders: readonly StageOrder[], settings: AllPlatformSettings): BriefEstimate {
  const tasks = orders.flatMap((order) => tasksOf(order, settings));
  const byPlatform = [...new Set(tasks.map(({ platform }) => platform))].map((platform) => {
    const own = tasks.filter((task) => task.platform === platform);
    return [platform, estimateOfOne(own, settings[platform], platform)] as const;
  });
  const all = byPlatform.map(([, estimate]) => estimate);
  const sum = (of: (estimate: CallEstimate) => number) => all.reduce((total, each) => total + of(each), 0);
  return {
    calls: sum(({ calls }) => calls),
    detail_calls: sum((each) => each.detail_calls),
    cost_usd: rounded(sum((each) => each.cost_usd)),
    over_budget: all.some((each) => each.over_budget),
    by_platform: Object.fromEntries(byPlatform),
  };
}

function estimateOfOne(
  tasks: readonly TaskPlan[],
  { driver, enrich, pricePerCall, budgetPerBrief }: AllPlatformSettings[PlatformName],
  platform: PlatformName,
): CallEstimate {
  if (driver === 'off') return { calls: 0, detail_calls: 0, cost_usd: 0, over_budget: false };
  const { details: known = {} } = platformNamed(platform).drivers[driver] ?? {};
  const details = enrich ? Object.keys(known).length : 0;
  const pages = tasks.reduce((sum, task) => sum + task.pages, 0);
  const detail_calls = tasks.reduce((sum, task) => sum + task.limit, 0) * details;
  const cost_usd = rounded((pages + detail_calls) * pricePerCall);
  return {
    calls: pages + detail_calls,
    detail_calls,
    cost_usd,
    over_budget: pricePerCall > 0 && cost_usd > budgetPerBrief,
  };
}

/** To a ten-thousandth of a dollar: prices are thousandths. */
function rounded(usd: number): number {
  return Math.round(usd * 10_000) / 10_000;
}
