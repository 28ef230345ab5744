import type { Clock } from '#kit/clock.ts';
import type { ErasurePorts } from './erasure/ports.ts';
import type { ItemPorts } from './items/ports.ts';

/** What the routes of `recommender/api` need: each room's own part. */
export interface RecommenderApiPorts extends ItemPorts, ErasurePorts {
  readonly clock: Clock;
}
