import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import type { checkInsideRoutes, checkOutsideRoutes, healthRoutes } from '../contract.ts';
import { checkDependencies, type Dependency } from './check-dependencies.ts';

/** What GET /health/dependencies and GET /health/services work with. */
export interface HealthPorts {
  readonly dependencies: readonly Dependency[];
  readonly clock: Clock;
}

/** GET /health/dependencies and GET /health/services: each asks what its function reaches. */
const answerDependencies = route({
  handle: (_request, { dependencies, clock }: HealthPorts) => checkDependencies(dependencies, clock),
});

/** What can only be reached from inside the VPC, or from there as well. */
export const insideApi = { 'GET /health/dependencies': answerDependencies } satisfies Record<
  (typeof checkInsideRoutes)[number],
  unknown
>;

/** What can only be reached from outside of the VPC. */
export const outsideApi = { 'GET /health/services': answerDependencies } satisfies Record<
  (typeof checkOutsideRoutes)[number],
  unknown
>;

/** Whether the stack answers at all. */
export const healthApi = {
  'GET /health': route({ handle: async () => ({ status: 200, body: { status: 'ok' } }) }),
} satisfies Record<(typeof healthRoutes)[number], unknown>;
