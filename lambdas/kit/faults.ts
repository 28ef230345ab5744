/** What another side did wrong, in a word: the name of the error that tells of it, and what the failure ledger groups by. */

/** Faults that pass: the side was disturbed and may not be in an hour. Errors of these names are TransientErrors. */
export const passingFaults = [
  'Timeout',
  'NoConnection',
  'CutOff',
  'BrokenAnswer',
  'RedirectLoop',
  'ServerError',
  'UnexpectedStatus',
  'HtmlInsteadOfCsv',
  'EmptyFile',
  'NoFileOfDeals',
  'TruncatedFile',
  'EndlessLine',
] as const;

/** Faults that another try meets again. Errors of these names are PermanentErrors. */
export const lastingFaults = ['TooLarge', 'MissingColumn'] as const;

export type PassingFault = (typeof passingFaults)[number];
export type LastingFault = (typeof lastingFaults)[number];
