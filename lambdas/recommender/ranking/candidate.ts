import type { Strategy } from '../scenarios/scenario.ts';

/** What a list is made of: an item that one strategy has found for a user. */
export interface Candidate {
  readonly item: string;
  /** As the strategy measures it: the larger the better, and comparable within the strategy alone. */
  readonly score: number;
  /** Why: `similar to i7`, `tag 历史`. */
  readonly reason: string;
  /** Items of the history that speak for it. */
  readonly because?: readonly string[];
}

/** What ranking reads of an item. */
export interface RankedItem {
  readonly item_id: string;
  readonly category: string | null;
  readonly author: string | null;
  readonly tags: readonly string[];
  readonly publish_time: Date | null;
  readonly view_count: number | null;
  readonly like_count: number | null;
  readonly completion_rate: number | null;
}

/** Candidates of every strategy that was asked. */
export type Recalled = ReadonlyMap<Strategy, readonly Candidate[]>;

/** What one strategy contributed to an item's score, for explanations. */
export interface Contribution {
  readonly strategy: Strategy;
  /** Between 0 and 1, within the strategy. */
  readonly score: number;
  readonly weight: number;
  readonly reason: string;
  readonly because: readonly string[];
}

/** An item with its place in the answer. */
export interface Recommended {
  readonly item_id: string;
  readonly score: number;
  readonly strategy: Strategy;
  readonly reason: string;
  readonly contributions: readonly Contribution[];
  /** What re-ranking did with it. */
  readonly rules: readonly string[];
}
