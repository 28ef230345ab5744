/**
 * What another side did wrong, in a word: the name of the error that tells of it, and what the failure ledger groups by.
 * A workload has its own in its contract; test/lib/step.test.ts holds that each is in one of the lists.
 */

/** Faults that pass: the side was disturbed and may not be in an hour. Errors of these names are TransientErrors. */
export const passingFaults = [
  'Timeout',
  'NoConnection',
  'CutOff',
  'BrokenAnswer',
  'RedirectLoop',
  'ServerError',
  'UnexpectedStatus',
] as const;

/** Faults that another try meets again. Errors of these names are PermanentErrors. */
export const lastingFaults = ['TooLarge'] as const;

export type PassingFault = (typeof passingFaults)[number];
