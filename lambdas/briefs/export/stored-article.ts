import type { CrawledArticle } from '../article/article.ts';
import type { FanLevel } from '../article/fan-level.ts';

/** An article as it is stored, and as files and lists show it. */
export interface StoredArticle extends Omit<CrawledArticle, 'post_time' | 'at_least'> {
  readonly id: number;
  readonly keywords: readonly string[];
  readonly post_time: Date;
  readonly interaction: number | null;
  readonly interaction_per: number | null;
  readonly score: number | null;
  readonly user_fans_level: FanLevel;
}
