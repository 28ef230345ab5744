import type { Clock } from '#kit/clock.ts';
import type { ErasurePorts } from './erasure/ports.ts';
import type { ExperimentPorts } from './experiments/experiment-routes.ts';
import type { ItemPorts } from './items/ports.ts';
import type { ModelPorts } from './registry/routes.ts';
import type { ScenarioPorts } from './scenarios/routes.ts';
import type { ServingPorts } from './serving/ports.ts';

/** What the routes of `recommender/api` need: each room's own part. */
export interface RecommenderApiPorts
  extends ItemPorts,
    ScenarioPorts,
    ServingPorts,
    ModelPorts,
    ErasurePorts,
    ExperimentPorts {
  readonly clock: Clock;
}
