import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import { checkDependencies, type Dependency } from './check-dependencies.ts';

/** What GET /health/dependencies and GET /health/services work with. */
export interface HealthPorts {
  readonly dependencies: readonly Dependency[];
  readonly clock: Clock;
}

/** GET /health/dependencies and GET /health/services: each asks what its function reaches. */
export const answerDependencies = route({
  handle: (_request, { dependencies, clock }: HealthPorts) => checkDependencies(dependencies, clock),
});
