import type { AlertSettings } from '../../../../lambdas/platform/alerts/settings.ts';

/** Settings with recipients that differ by severity, and two edges that the runbook knows. */
export const settings: AlertSettings = {
  environment: 'test',
  api: 'https://api.example.com/',
  runbook: 'https://example.com/runbook.md',
  recipients: {
    high: ['night@example.com', 'all@example.com'],
    medium: ['all@example.com'],
    low: ['data@example.com'],
  },
  edges: new Map([
    ['presale/run', 'high'],
    ['presale/load-county', 'medium'],
  ]),
};
