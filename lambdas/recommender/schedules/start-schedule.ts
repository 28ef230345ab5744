import type { ScenarioKey } from '../scenarios/scenario-key.ts';

/** A scenario in which something happened since a schedule has looked at it last. */
export interface DueScenario extends ScenarioKey {
  /** The marker that it will have seen then. */
  readonly marker: string;
}

export interface StartSchedulePorts {
  /** The newest behaviour of every scenario, and what the schedule has seen of it; both from objects: no database wakes. */
  readonly markers: {
    newest(): Promise<readonly DueScenario[]>;
    seen(schedule: string, scenario: ScenarioKey): Promise<string | undefined>;
  };
  readonly machine: { start(name: string, input: object): Promise<'started' | 'exists'> };
}

export interface StartedSchedule {
  readonly state: 'started' | 'exists' | 'nothing-new';
  /** The run's name. */
  readonly name: string;
  readonly scenarios: number;
}

/**
 * Starts a schedule's work in those scenarios that have something new. Where none has, it ends here. A slot that comes
 * twice is the same run: two of one name and slot never overlap.
 */
export async function startSchedule(
  { schedule, scheduledAt }: { readonly schedule: string; readonly scheduledAt: Date },
  { markers, machine }: StartSchedulePorts,
): Promise<StartedSchedule> {
  // As a name of an execution may be written.
  const name = `${schedule}-${scheduledAt.toISOString().replaceAll(/\.\d+|[:-]/g, '')}`;
  const newest = await markers.newest();
  const looked = await Promise.all(newest.map(async (due) => ({ due, seen: await markers.seen(schedule, due) })));
  const scenarios = looked.filter(({ due, seen }) => due.marker !== seen).map(({ due }) => due);
  if (scenarios.length === 0) return { state: 'nothing-new', name, scenarios: 0 };
  const input = { schedule, scheduled_time: scheduledAt.toISOString(), scenarios };
  return { state: await machine.start(name, input), name, scenarios: scenarios.length };
}
