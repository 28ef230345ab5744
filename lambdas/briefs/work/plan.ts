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

/** The tasks of a stage: each of its platforms with each of its keywords. */
export function tasksOf({ platforms: names, keywords, limit }: StageOrder): readonly TaskPlan[] {
  return names.flatMap((platform) =>
    keywords.map((keyword) => ({
      platform,
      keyword,
      limit,
      pages: Math.ceil(limit / platformNamed(platform).pageSize),
    })),
  );
}

/** How many articles a brief may bring: the sum over its tasks. */
export function articlesAskedFor(stages: readonly StageOrder[]): number {
  return stages.flatMap(tasksOf).reduce((sum, { limit }) => sum + limit, 0);
}
