import { PermanentError } from '#kit/errors.ts';
import type { ModelKind } from '../models/model.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { SeenMarkers } from './markers-bucket.ts';

/** What a schedule computes of one scenario; resolves to the counts that the execution shows. */
export type ScenarioWork = (key: ScenarioKey, at: Date, kind?: ModelKind) => Promise<Readonly<Record<string, number>>>;

export interface ScenarioTask {
  readonly schedule: string;
  readonly scheduled_time: string;
  readonly tenant: string;
  readonly scenario: string;
  readonly marker: string;
  readonly kind?: ModelKind | null | undefined;
}

/** One scenario of one slot. Its marker is seen after the work: what breaks off is done again. */
export async function runScenario(
  { schedule, scheduled_time, tenant, scenario, marker, kind }: ScenarioTask,
  { works, markers }: { readonly works: Readonly<Record<string, ScenarioWork>>; readonly markers: SeenMarkers },
): Promise<{ readonly counts: Readonly<Record<string, number>> }> {
  const work = Object.hasOwn(works, schedule) ? works[schedule] : undefined;
  if (!work) throw new PermanentError(`${schedule} computes nothing of a scenario`);
  const key = { tenant, scenario };
  const counts = await work(key, new Date(scheduled_time), kind ?? undefined);
  await markers.done(schedule, key, marker);
  return { counts };
}
