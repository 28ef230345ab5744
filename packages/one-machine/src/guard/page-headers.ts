/**
 * On each answer of each port, whatever its type: an uploaded file may be HTML too. Nothing runs, nothing is
 * loaded and no page frames it, unless an answer that needs more says so itself.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};
