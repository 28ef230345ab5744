import { type Machine, startMachine } from 'one-machine/machine.ts';
import type { Services } from 'one-machine/services.ts';
import type { Log } from 'one-machine/terminal/log.ts';
import type { Starting } from 'one-machine/terminal/starting.ts';
import { millrace } from './millrace.ts';
import type { SampleSites } from './sample-sites.ts';
import type { Settings } from './settings.ts';

/** Millrace, running on this machine. */
export interface Stack extends Omit<Machine, 'settings' | 'services'> {
  readonly settings: Settings;
  /** Those of AWS, and the sample sites. */
  readonly services: Services & SampleSites;
}

/** Starts everything the template says, and the sample sites, by settings that are checked; what was started is stopped again when a later part fails. */
export async function startStack(
  settings: Settings,
  log: Log,
  watched: { readonly starting?: Starting; readonly signal?: AbortSignal } = {},
): Promise<Stack> {
  const app = millrace(settings);
  const machine = await startMachine(app, settings, { log, ...watched });
  return { ...machine, settings, services: { ...machine.services, ...app.sites() } };
}
