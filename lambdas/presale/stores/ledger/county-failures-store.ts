import type { Database } from '#adapters/database.ts';
import { recordFailures, resolveFailures } from '#adapters/failure-ledger.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import type { RunPlan } from '../../contract.ts';
import type { CountyFailure, CountyFailures } from '../../ports.ts';
import { counties } from '../../publication/counties.ts';
import { executionName } from '../../publication/run-name.ts';
import type { PresaleTables } from '../tables.ts';

const workload = 'presale';

/** Counties and runs in the failure ledger. */
export function countyFailures(database: Database<PresaleTables>): CountyFailures {
  return {
    keepRound: ({ plan, attempt, machine, pending }, failed) =>
      database.transaction(async ({ query }) => {
        await recordFailures(
          query,
          failed.map((failure) => countyFailure(failure, { plan, attempt, machine })),
        );
        const naturalKeyPrefixes = plan.counties
          .filter((county) => !pending.includes(county))
          .map((county) => keyOf(plan, county));
        await resolveFailures(query, { workload, naturalKeyPrefixes }, `run:${plan.run_id}`);
      }),
    async runIsIn(plan, execution) {
      if (execution === undefined) return;
      // Later executions of a run are named -2, -3 after the first.
      const first = execution.slice(0, execution.lastIndexOf(':') + 1) + executionName(plan);
      const naturalKeyPrefixes = [`execution:${first}:`, `execution:${first}-`];
      await resolveFailures(database.query, { workload, naturalKeyPrefixes }, `run:${plan.run_id}`);
    },
  };
}

function keyOf(plan: RunPlan, county: CountyFailure['county']): string {
  return `county:${plan.name}:${county}:`;
}

/** A replay of it is a run of this one county. */
function countyFailure(
  { county, reason, message }: CountyFailure,
  {
    plan,
    attempt,
    machine,
  }: { readonly plan: RunPlan; readonly attempt: number; readonly machine: string | undefined },
): NewFailure {
  const subject = plan.season === null ? { publication_date: plan.publication_date } : { season: plan.season };
  return {
    naturalKey: `${keyOf(plan, county)}${plan.run_id}:${attempt}`,
    workload,
    sourceKind: 'step',
    sourceName: 'counties',
    door: machine,
    reason,
    message: `${county} ${counties[county]} of ${plan.name}: ${message}`,
    stack: undefined,
    input: JSON.stringify({ ...subject, counties: [county] }),
    attributes: {},
    occurredAt: new Date(),
    attempts: attempt,
    replayOf: undefined,
  };
}
