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
    ['presale/run', { severity: 'high', section: 'presale-run-fails' }],
    ['presale/load-county', { severity: 'medium', section: 'presale-load-county-fails' }],
    ['presale/counties', { severity: 'low', section: 'presale-fetch-county-fails' }],
  ]),
};
