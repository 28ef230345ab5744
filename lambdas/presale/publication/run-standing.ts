import type { CountyOutcome } from '../contract.ts';
import { type CountyLetter, counties } from './counties.ts';

/** What the book says of one county of a run. */
export interface CountyStanding {
  readonly letter: CountyLetter;
  /** null: it was not tried. */
  readonly state: CountyOutcome['state'] | null;
  /** Why it isn't in; of a county that is loaded, why that could not be verified. */
  readonly reason: string | null;
}

/** How an ended run stands, by all counties it was ever asked for. */
export interface RunStanding {
  readonly state: 'complete' | 'partial' | 'failed';
  /** null for a run that is complete. */
  readonly reason: string | null;
  /** Why each county that isn't in isn't. */
  readonly missing: Readonly<Partial<Record<CountyLetter, string>>>;
}

// A sentence of each of 22 counties; the county's own row has all of it.
const longestReason = 200;

/**
 * Complete is a run of which every county is in and that didn't give up; failed, one that gave up or found nothing with
 * no county loaded; anything between is partial, and lists what is missing.
 */
export function runStanding(standings: readonly CountyStanding[], gaveUp?: string): RunStanding {
  const out = standings.filter((county) => !isIn(county));
  const missing = Object.fromEntries(out.map((county) => [county.letter, whyNot(county)]));
  if (out.length === 0 && gaveUp === undefined) return { state: 'complete', reason: null, missing };
  const list = out.map(
    (county) => `${county.letter} ${counties[county.letter]} (${whyNot(county).slice(0, longestReason)})`,
  );
  const lacking = out.length === 0 ? (gaveUp ?? '') : `Not loaded: ${list.join('; ')}`;
  const some = standings.some((county) => (gaveUp === undefined ? isIn(county) : county.state === 'loaded'));
  return some
    ? { state: 'partial', reason: lacking, missing }
    : { state: 'failed', reason: gaveUp ?? lacking, missing };
}

function isIn({ state, reason }: CountyStanding): boolean {
  return (state === 'loaded' || state === 'empty') && reason === null;
}

function whyNot({ state, reason }: CountyStanding): string {
  return reason ?? (state === null ? 'It has not been tried.' : `It is ${state}.`);
}
