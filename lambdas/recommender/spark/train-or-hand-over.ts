import { logger } from '#kit/telemetry.ts';
import { trainScenario } from '../registry/train-scenario.ts';
import type { SeenMarkers } from '../schedules/markers-bucket.ts';
import { runScenario, type ScenarioTask, type ScenarioWork } from '../schedules/run-scenario.ts';
import { adoptModel, handOver, type OutgrownPorts } from './outgrown.ts';

export interface TrainingPorts extends OutgrownPorts {
  readonly markers: SeenMarkers;
  readonly clock: () => Date;
}

/** A scenario's training; of a run of Spark that is done, what comes after it. */
export interface TrainingTask extends ScenarioTask {
  readonly job?: string | null | undefined;
}

export interface TrainingTurn {
  readonly counts: Readonly<Record<string, number>>;
  /** Asks for a run of Spark, after which this is called again with it. */
  readonly job: string | null;
}

/** Trains a scenario's model here, or hands over what is too much for a function. Seen is what was trained on. */
export async function trainOrHandOver(task: TrainingTask, ports: TrainingPorts): Promise<TrainingTurn> {
  const { tenant, scenario, kind, job: done } = task;
  if (!done) {
    const job = await handOver({ tenant, scenario }, ports.clock(), kind ?? undefined, ports);
    if (job !== undefined) return { counts: {}, job };
  }
  const train: ScenarioWork = async (key, _at, wanted) => {
    const at = ports.clock();
    const trained = done ? await adoptModel(key, at, done, ports) : await trainScenario(key, at, ports, wanted);
    logger().info('A model was trained', { ...key, state: trained.state, because: trained.because });
    return { trained: trained.state === 'too-little' ? 0 : 1, promoted: trained.state === 'online' ? 1 : 0 };
  };
  const { counts } = await runScenario(task, { markers: ports.markers, works: { 'train-model': train } });
  return { counts, job: null };
}
