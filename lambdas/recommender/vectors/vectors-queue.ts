import { wakeOnce } from '#adapters/queues/wake-once.ts';

/** A scenario whose items wait for their vectors. */
export interface WaitingScenario {
  readonly tenant_id: string;
  readonly scenario_id: string;
}

// Below the queue's delay of three seconds, so that what is stored meanwhile is seen when the message comes.
const slotMs = 2000;

/** Has the vectors of scenarios made, once for whatever comes within two seconds. */
export function vectorsQueue(url: string): (scenarios: readonly WaitingScenario[]) => Promise<void> {
  const wake = wakeOnce(url, {
    slotMs,
    message: (name) => {
      const [tenant_id, scenario_id] = name.split('/');
      return { tenant_id, scenario_id };
    },
  });
  // Neither has a slash.
  return (scenarios) => wake(scenarios.map(({ tenant_id, scenario_id }) => `${tenant_id}/${scenario_id}`));
}
