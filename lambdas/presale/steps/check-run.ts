import type * as z from 'zod';
import type { CountyOutcome, checkRunInput, checkRunOutput, RunPlan } from '../contract.ts';
import type { CountyFacts, CountyFailure, CountyFailures, RawFiles, RunBook } from '../ports.ts';
import { type CountyLetter, countyLetters } from '../publication/counties.ts';
import { receiptKey } from '../publication/keys.ts';

export interface CheckRunPorts {
  readonly runs: Pick<RunBook, 'keepRound' | 'facts' | 'keepReasons'>;
  readonly raw: Pick<RawFiles, 'exists'>;
  readonly failures: CountyFailures;
}

/**
 * Is it loaded? Believes no outcome: counts what stands in the bucket and in the database, for every county. Deals that are
 * loaded without being in the statistics are not all that people want: then another round refreshes those.
 */
export async function checkRun(
  { plan, outcomes, attempt, machine, statistics }: z.output<typeof checkRunInput>,
  ports: CheckRunPorts,
): Promise<z.input<typeof checkRunOutput>> {
  await ports.runs.keepRound(plan, outcomes, attempt);
  const facts = await ports.runs.facts(plan);
  const reasons: Partial<Record<CountyLetter, string>> = {};
  for (const county of plan.counties) {
    const fact = facts.find((candidate) => candidate.county === county);
    const backup = fact?.state === 'loaded' && (await ports.raw.exists(receiptKey(plan.name, county)));
    const reason = missing(fact, backup) ?? suspicious(plan, facts);
    if (reason !== undefined) reasons[county] = reason;
  }
  const pending = plan.counties.filter((county) => reasons[county] !== undefined);
  await ports.runs.keepReasons(plan, reasons);
  await ports.failures.keepRound({ plan, attempt, machine, pending }, causes(pending, reasons, outcomes));
  const lost = new Set(outcomes.filter(hopeless).map(({ county }) => county));
  const failed = pending.length > 0 && pending.every((county) => lost.has(county));
  if (failed) return { state: 'failed', pending, reasons, reason: notLoaded(pending) };
  if (pending.length > 0) return { state: 'incomplete', pending, reasons, reason: notLoaded(pending) };
  if (statistics) return { state: 'incomplete', pending, reasons, reason: notCounted(statistics) };
  return { state: 'complete', pending, reasons, reason: '' };
}

function notLoaded(pending: readonly CountyLetter[]): string {
  return `Counties that are not loaded: ${pending.join(', ')}`;
}

function notCounted(why: string): string {
  return `Every county is loaded, but the statistics are not refreshed: ${why}`;
}

/** What the ledger groups by: the error of a county that failed, else that the check didn't find what should be there. */
function causes(
  pending: readonly CountyLetter[],
  reasons: Readonly<Partial<Record<CountyLetter, string>>>,
  outcomes: readonly CountyOutcome[],
): CountyFailure[] {
  return pending.flatMap((county) => {
    const outcome = outcomes.find((candidate) => candidate.county === county);
    const message = reasons[county] ?? '';
    // Not out yet: nothing has failed.
    if (outcome?.state === 'unchanged') return [];
    if (outcome?.state === 'failed') return [{ county, reason: outcome.error, message: outcome.reason }];
    return [{ county, reason: outcome?.state === 'gone' ? 'Replaced' : 'NotVerified', message }];
  });
}

/** Trying again brings the same: the file is gone from the site, or a person must decide. */
function hopeless(outcome: CountyOutcome): boolean {
  return outcome.state === 'gone' || (outcome.state === 'failed' && outcome.error === 'ConflictError');
}

/** Why a county isn't in; `undefined` when it is. */
function missing(fact: CountyFacts | undefined, backup: boolean): string | undefined {
  if (!fact) return 'It has not been tried.';
  if (fact.state === 'empty') return undefined;
  if (fact.state !== 'loaded') return fact.reason ?? `It is ${fact.state}.`;
  if (!backup) return 'Its backup is not in the bucket.';
  const expected = fact.good - fact.kept_newer + fact.corrected;
  return fact.rows_in_database === expected
    ? undefined
    : `The database holds ${fact.rows_in_database} rows of it instead of ${expected}.`;
}

/** A country without a single deal is a site that answers 404 to everything. */
function suspicious(plan: RunPlan, facts: readonly CountyFacts[]): string | undefined {
  const whole = plan.counties.length === countyLetters.length;
  return whole && facts.every(({ state }) => state === 'empty') ? 'The site has no file of any county.' : undefined;
}
