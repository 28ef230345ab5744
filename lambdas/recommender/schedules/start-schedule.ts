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
  /** The run's name; where there are several, that of the first, and the others' is it with a number behind. */
  readonly name: string;
  readonly scenarios: number;
}

// An execution's history ends at 25,000 events (Step Functions, "Service quotas"): a training of a scenario takes some thirty.
const mostScenarios = 500;
// Of the 256 KiB that an execution's input may have; its own member names and the correlation id take the rest.
const mostBytes = 200 * 1024;

/**
 * Starts a schedule's work in those scenarios that have something new: in one run, or in several where they are too many for
 * one. Where none has, it ends here. A slot that comes twice is the same runs: two of one name and slot never overlap.
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
  let state: StartedSchedule['state'] = 'exists';
  for (const [at, part] of partsOf(scenarios).entries()) {
    const input = { schedule, scheduled_time: scheduledAt.toISOString(), scenarios: part };
    const started = await machine.start(at === 0 ? name : `${name}-${at + 1}`, input);
    if (started === 'started') state = started;
  }
  return { state, name, scenarios: scenarios.length };
}

/** As many together as a run takes. */
function partsOf(scenarios: readonly DueScenario[]): readonly (readonly DueScenario[])[] {
  const parts: DueScenario[][] = [];
  let room = 0;
  for (const scenario of scenarios) {
    // And the comma behind it.
    const bytes = Buffer.byteLength(JSON.stringify(scenario)) + 1;
    const part = parts.at(-1);
    if (part && part.length < mostScenarios && bytes <= room) part.push(scenario);
    else {
      parts.push([scenario]);
      room = mostBytes;
    }
    room -= bytes;
  }
  return parts;
}
