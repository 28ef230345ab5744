import type { components } from '../../api/schema.gen';
import type { Address } from '../../lists/address.ts';
import { momentOf } from '../runs/run-filter.ts';

/** A failure with its input and its lineage. */
export type FailureDetail = components['schemas']['Failure'];

export const failureStates = ['open', 'replayed', 'resolved', 'discarded'] as const;
export const sourceKinds = [
  'queue',
  'function',
  'schedule',
  'rule',
  'state-machine',
  'step',
  'file',
  'mail',
  'stream',
] as const;

/** What the address filters failures by, but for their state: what the routes that change many take. */
export function failureFilter({ get }: Address) {
  const kind = sourceKinds.find((known) => known === get('kind'));
  const from = momentOf(get('from'));
  const to = momentOf(get('to'));
  return {
    ...(get('workload') ? { workload: get('workload') } : {}),
    ...(kind ? { kind } : {}),
    ...(get('source') ? { source: get('source') } : {}),
    ...(get('reason') ? { reason: get('reason') } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

export type FailureFilter = ReturnType<typeof failureFilter>;
