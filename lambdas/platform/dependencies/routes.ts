import * as z from 'zod';
import { momentText } from '#kit/api/answers.ts';
import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import type { checkInsideRoutes, checkOutsideRoutes, healthRoutes } from '../contract.ts';
import { checkDependencies, type Dependency, type WaitedSites } from './check-dependencies.ts';

/** What GET /health/dependencies and GET /health/services work with. */
export interface HealthPorts {
  readonly dependencies: readonly Dependency[];
  /** Told by the function that reaches the database. */
  readonly waited?: WaitedSites;
  readonly clock: Clock;
}

const dependency = z
  .object({
    kind: z.string().meta({ examples: ['queue'] }),
    name: z.string(),
    required: z.boolean(),
    state: z.enum(['reachable', 'unreachable', 'not configured']),
    latency_ms: z.number().nullable(),
    version: z.string().nullable(),
    note: z
      .string()
      .nullable()
      .describe('Worth knowing: how many messages wait, when a schedule runs, what went wrong.'),
    without: z.string().describe('What stops working without it.'),
  })
  .meta({ id: 'Dependency' });

const dependencies = z
  .object({
    status: z.enum(['ok', 'failing']).describe('failing: one that is required cannot be used.'),
    checked_at: momentText,
    dependencies: z.array(dependency),
  })
  .meta({ id: 'Dependencies' });

/** GET /health/dependencies and GET /health/services: each asks what its function reaches. */
const answerDependencies = route({
  summary: 'Looks at what the stack depends on',
  permission: 'operate',
  description:
    'Each function asks what it can reach: /health/dependencies what is inside of the network, /health/services what is outside. 503 when one that is required cannot be used.',
  answers: { 200: dependencies, 503: dependencies },
  handle: (_request, { dependencies: looked, clock, waited }: HealthPorts) =>
    checkDependencies(looked, clock, { waited }),
});

/** Dependencies that can be reached from inside the VPC. */
export const insideApi = { 'GET /health/dependencies': answerDependencies } satisfies Record<
  (typeof checkInsideRoutes)[number],
  unknown
>;

/** Dependencies that can only be reached from outside the VPC. */
export const outsideApi = { 'GET /health/services': answerDependencies } satisfies Record<
  (typeof checkOutsideRoutes)[number],
  unknown
>;

/** Whether the stack answers at all. */
export const healthApi = {
  'GET /health': route({
    summary: 'Says that the API answers',
    permission: 'none',
    answers: { 200: z.object({ status: z.literal('ok') }) },
    handle: async () => ({ status: 200, body: { status: 'ok' } }),
  }),
} satisfies Record<(typeof healthRoutes)[number], unknown>;
