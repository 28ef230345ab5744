import type { Proportion } from './proportions.ts';

/** What one look at an experiment finds: each group's users so far. */
export interface Look {
  readonly control: Proportion;
  readonly treatment: Proportion;
}

/**
 * The mixture sequential probability ratio test: the likelihood of the data under effects of either sign, spread
 * normally, against that of no effect. Under no effect the ratio is a martingale that starts at 1, so that it ever
 * reaches 1/alpha with probability alpha at most: looking daily costs nothing.
 *
 * Effects are spread per unit of information (the variance that successes have gathered), with the deviation of the
 * least lift worth finding: a lift of d moves the difference by d/2 of the gathered variance, whatever the shares are.
 */
export function mixtureRatio({ control, treatment }: Look, lift: number): number {
  const trials = control.trials + treatment.trials;
  if (control.trials === 0 || treatment.trials === 0) return 1;
  const pooled = (control.successes + treatment.successes) / trials;
  const variance = pooled * (1 - pooled);
  if (variance === 0) return 1;
  const difference = treatment.successes / treatment.trials - control.successes / control.trials;
  const each = (control.trials * treatment.trials) / trials;
  // Two groups of n users have gathered 2 n p q, and z is their difference in its deviations.
  const gathered = 4 * each * variance;
  const z2 = (difference ** 2 * each) / variance;
  const spread = (lift / 2) ** 2 * gathered;
  return Math.exp((z2 * spread) / (2 * (1 + spread))) / Math.sqrt(1 + spread);
}

/**
 * The p that holds at any time: one over the largest ratio of all looks so far. What was significant stays so, however
 * often one looks.
 */
export function alwaysValidP(looks: readonly Look[], lift: number): number {
  return looks.reduce((least, look) => Math.min(least, 1 / mixtureRatio(look, lift)), 1);
}
