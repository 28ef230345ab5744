/**
 * What the site did wrong, in a word, beside the kit's own (lambdas/kit/faults.ts): the name of the error that tells of
 * it, and what the failure ledger groups by.
 */
export const siteFaults = {
  /** They pass: the site was disturbed and may not be in an hour. Errors of these names are TransientErrors. */
  passing: ['HtmlInsteadOfCsv', 'EmptyFile', 'NoFileOfDeals', 'TruncatedFile', 'EndlessLine'],
  /** Another try meets them again. Errors of these names are PermanentErrors. */
  lasting: ['MissingColumn'],
} as const;
