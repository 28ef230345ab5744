import { createHash } from 'node:crypto';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

export interface TrainingRun {
  /** As an execution may be named, the same within a minute: who asks twice starts one. */
  readonly name: string;
  readonly input: object;
}

/** The run of the schedules' machine that trains one scenario now. */
export function trainingRun({ tenant, scenario }: ScenarioKey, at: Date): TrainingRun {
  const minute = at.toISOString().slice(0, 16);
  // Names of scenarios may have signs that an execution's may not.
  const whose = createHash('sha256')
    .update(JSON.stringify([tenant, scenario]))
    .digest('hex')
    .slice(0, 32);
  return {
    name: `train-model-asked-${whose}-${minute.replaceAll(/[:-]/g, '')}`,
    input: {
      schedule: 'train-model',
      scheduled_time: at.toISOString(),
      scenarios: [{ tenant, scenario, marker: `asked for at ${at.toISOString()}` }],
    },
  };
}
