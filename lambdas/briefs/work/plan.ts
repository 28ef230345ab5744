import type { AllPlatformSettings } from '../collect/settings.ts';
import { platformNamed } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { StageOrder } from './job-content.ts';

/** One platform asked for one keyword. */
export interface TaskPlan {
  readonly platform: PlatformName;
  readonly keyword: string;
  /** Articles at most. */
  readonly limit: number;
  /** Pages at most: ceil(limit / page size). */
  readonly pages: number;
}

/** The tasks of a stage: each of its platforms with each of its keywords, in pages as its driver has them. */
export function tasksOf(
  { platforms: names, keywords, limit }: StageOrder,
  settings: AllPlatformSettings,
): readonly TaskPlan[] {
  return names.flatMap((platform) =>
    keywords.map((keyword) => ({
      platform,
      keyword,
      limit,
      pages: Math.ceil(limit / pageSizeOf(platform, settings)),
    })),
  );
}

/** How many articles a brief may bring: the sum over its tasks. */
export function articlesAskedFor(stages: readonly StageOrder[]): number {
  return stages.reduce((sum, { platforms, keywords, limit }) => sum + platforms.length * keywords.length * limit, 0);
}

/** Articles on a page of a platform, by the driver that asks it. */
function pageSizeOf(platform: PlatformName, settings: AllPlatformSettings): number {
  const { drivers, pageSize } = platformNamed(platform);
  const { driver } = settings[platform];
  return (driver === 'off' ? undefined : drivers[driver]?.pageSize) ?? pageSize;
}
