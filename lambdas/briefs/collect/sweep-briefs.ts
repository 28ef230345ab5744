import type { SweepMessage } from './messages.ts';

export interface SweepPorts {
  /** Runs a call that was given up once more, or reads its page again. */
  readonly runAgain: (call: number) => Promise<unknown>;
  /** Calls whose answers got lost come back; resolves to the stages that ended by it, and to how many calls. */
  readonly giveBack: () => Promise<{ readonly toExport: readonly string[]; readonly back: number }>;
  /** Articles that never arrived are sent again. */
  readonly findLost: () => Promise<{ readonly toExport: readonly string[] }>;
  /** Stages that wait for their files for longer than a message takes. */
  readonly exportsOverdue: () => Promise<readonly string[]>;
  /** Removes what is older than it is kept, and objects of what was deleted. */
  readonly forget: () => Promise<void>;
  readonly exportStages: (stages: readonly string[]) => Promise<void>;
  readonly dispatch: () => Promise<void>;
  /** Briefs whose submission no mail has told. */
  readonly submissionsUntold: () => Promise<readonly string[]>;
  readonly tellSubmitted: (brief: string) => Promise<void>;
  /** Whether anything is under way. */
  readonly isBusy: () => Promise<boolean>;
  readonly wakeSweep: () => Promise<void>;
  /** Adds to a metric. */
  readonly count: (name: string, value: number) => void;
}

/** Looks after what got lost on its way, and comes again as long as anything is under way. */
export async function sweepBriefs({ again }: SweepMessage, ports: SweepPorts): Promise<void> {
  if (again) await ports.runAgain(again.call);
  const { toExport: ended, back } = await ports.giveBack();
  const { toExport: found } = await ports.findLost();
  await ports.exportStages([...new Set([...ended, ...found, ...(await ports.exportsOverdue())])]);
  await ports.dispatch();
  await ports.forget();
  ports.count('CallsGivenBack', back);
  const untold = await ports.submissionsUntold();
  // Before the mails: should their queue be away, the next sweep tries again.
  if (untold.length > 0 || (await ports.isBusy())) await ports.wakeSweep();
  for (const brief of untold) await ports.tellSubmitted(brief);
}
