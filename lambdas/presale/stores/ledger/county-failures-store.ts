import { sql } from 'kysely';
import * as z from 'zod';
import type { Database } from '#adapters/database.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { jsonText } from '#kit/text/json.ts';
import { recordFailures, resolveFailures } from '#record/failure-ledger.ts';
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
    async runIsIn(plan, execution, complete) {
      if (execution === undefined) return;
      // Later executions of a run are named -2, -3 after the first.
      const first = execution.slice(0, execution.lastIndexOf(':') + 1) + executionName(plan);
      const naturalKeys = await madeGood(database.query, { ...plan, complete }, [
        `execution:${first}:`,
        `execution:${first}-`,
      ]);
      await resolveFailures(database.query, { workload, naturalKeys }, `run:${plan.run_id}`);
    },
  };
}

/**
 * The keys of the executions that failed and of which every county is in by now. One that named no counties wanted all
 * there are, which is made good when the run is complete and all were asked for at least once.
 */
async function madeGood(
  query: Database<PresaleTables>['query'],
  { name, whole, complete }: RunPlan & { readonly complete: boolean },
  prefixes: readonly string[],
): Promise<readonly string[]> {
  const { rows: failed } = await sql<{ key: string; input: string | null }>`
    SELECT natural_key AS key, input FROM platform.failures
    WHERE workload = ${workload} AND state IN ('open', 'replayed') AND natural_key ^@ ANY(${prefixes}::text[])`.execute(
    query,
  );
  if (failed.length === 0) return [];
  const { rows } = await sql<{ letter: string }>`
    SELECT letter FROM presale.county_runs
    WHERE run_name = ${name} AND state IN ('loaded', 'empty') AND reason IS NULL`.execute(query);
  const settled = new Set(rows.map(({ letter }) => letter));
  const everything = complete && (whole === true || (await wasWhole(query, name)));
  return failed
    .filter(({ input }) => countiesNamed(input)?.every((letter) => settled.has(letter)) ?? everything)
    .map(({ key }) => key);
}

async function wasWhole(query: Database<PresaleTables>['query'], name: string): Promise<boolean> {
  const runs = query.selectFrom('presale.runs').select('whole').where('name', '=', name);
  return (await runs.executeTakeFirst())?.whole === true;
}

/** The counties that an execution's input names; `undefined` where it names none. */
function countiesNamed(input: string | null): readonly string[] | undefined {
  return executionInput.safeParse(input).data?.counties;
}

const executionInput = jsonText(z.object({ counties: z.array(z.string()).optional() }));

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
