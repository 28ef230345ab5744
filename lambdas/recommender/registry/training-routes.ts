import * as z from 'zod';
import { route } from '#kit/api/route.ts';
import type { Clock } from '#kit/clock.ts';
import type { trainingRoutes } from '../api/rooms.ts';
import { tenantOf } from '../api/tenancy.ts';
import { scenarioId } from '../identifiers.ts';
import { type ModelKind, modelKinds } from '../models/model.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

/** What the route of trainings needs: no database, for Step Functions is reached from outside of the network alone. */
export interface TrainingPorts {
  readonly clock: Clock;
  /** `exists`: the scenario's training of this minute was asked for already. */
  readonly startTraining: (key: ScenarioKey, at: Date, kind?: ModelKind) => Promise<'started' | 'exists'>;
}

const trainModel = route({
  summary: 'Trains a scenario’s model now, as the schedule does each night',
  permission: 'operate',
  description:
    'Without a kind it is the one that the counts of items and interactions choose. The gate is the same for each.',
  body: z.object({ scenario_id: scenarioId, kind: z.enum(modelKinds).optional() }).meta({ id: 'TrainingWanted' }),
  answers: { 202: z.object({ state: z.enum(['started', 'exists']) }) },
  handle: async ({ body, caller, event }, { startTraining, clock }: TrainingPorts) => {
    const key = { tenant: tenantOf({ caller, event }), scenario: body.scenario_id };
    return { status: 202, body: { state: await startTraining(key, clock(), body.kind) } };
  },
});

export const trainingApi = {
  'POST /api/v1/models/train': trainModel,
} satisfies Record<(typeof trainingRoutes)[number], unknown>;
