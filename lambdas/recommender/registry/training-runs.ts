import { createHash } from 'node:crypto';
import type { ModelKind } from '../models/model.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

interface TrainingRun {
  /** As an execution may be named, the same within a minute: who asks twice starts one. */
  readonly name: string;
  readonly input: object;
}

/** The run of the schedules' machine that trains one scenario now. */
function trainingRun({ tenant, scenario }: ScenarioKey, at: Date, kind: ModelKind | undefined): TrainingRun {
  const minute = at.toISOString().slice(0, 16);
  // Names of scenarios may have signs that an execution's may not.
  const whose = createHash('sha256')
    .update(JSON.stringify([tenant, scenario]))
    .digest('hex')
    .slice(0, 32);
  return {
    name: `train-model-asked-${whose}-${minute.replaceAll(/[:-]/g, '')}${kind === undefined ? '' : `-${kind}`}`,
    input: {
      schedule: 'train-model',
      scheduled_time: at.toISOString(),
      scenarios: [{ tenant, scenario, marker: `asked for at ${at.toISOString()}`, ...(kind && { kind }) }],
    },
  };
}

/** Starts trainings in the schedules' machine. */
export function trainingsOf(machine: {
  start(name: string, input: object): Promise<'started' | 'exists'>;
}): (key: ScenarioKey, at: Date, kind?: ModelKind) => Promise<'started' | 'exists'> {
  return (key, at, kind) => {
    const { name, input } = trainingRun(key, at, kind);
    return machine.start(name, input);
  };
}
