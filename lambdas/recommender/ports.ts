import type { Clock } from '#kit/clock.ts';
import type { ExperimentPorts } from './experiments/experiment-routes.ts';
import type { ItemPorts } from './items/ports.ts';

/** What the routes of `recommender/api` need: each room's own part. */
export interface RecommenderApiPorts extends ItemPorts, ExperimentPorts {
  readonly clock: Clock;
}
