import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { stateText, useTexts } from '../texts/index.ts';

/** How each state of the API looks; one that is not here looks like information. */
const looks: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  running: 'in-progress',
  retrying: 'warning',
  caught: 'warning',
  queued: 'pending',
  finished: 'success',
  cancelled: 'stopped',
  STARTED: 'in-progress',
  RETRY: 'warning',
  PENDING: 'pending',
  waiting: 'pending',
  asked: 'pending',
  succeeded: 'success',
  SUCCESS: 'success',
  complete: 'success',
  done: 'success',
  loaded: 'success',
  resolved: 'success',
  reachable: 'success',
  working: 'success',
  started: 'success',
  'caught-up': 'success',
  backfilled: 'success',
  online: 'success',
  active: 'success',
  partial: 'warning',
  slowed: 'warning',
  missed: 'warning',
  replayed: 'in-progress',
  'needs-login': 'warning',
  failed: 'error',
  FAILURE: 'error',
  problem: 'error',
  open: 'error',
  unreachable: 'error',
  blocked: 'error',
  'no-balance': 'error',
  stopped: 'stopped',
  REVOKED: 'stopped',
  paused: 'stopped',
  off: 'stopped',
  discarded: 'stopped',
  skipped: 'stopped',
};

/** A state in words, with a sign that does not rest on its colour alone. */
export function StateLabel({ state }: { readonly state: string }) {
  const { t } = useTexts();
  return <StatusIndicator type={looks[state] ?? 'info'}>{stateText(t, state)}</StatusIndicator>;
}
