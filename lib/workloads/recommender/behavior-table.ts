import { behaviorColumns } from '../../../lambdas/recommender/contract.ts';
import type { Analytics } from '../../constructs/analytics.ts';

/** Of the table of behaviour that Athena reads. */
export const behaviorTable = 'behaviors';

/**
 * Behaviour by tenant and day. The tenant is injected: a question that doesn't name it is refused, so that none reads
 * another's by mistake.
 */
export function addBehaviorTable(analytics: Analytics): void {
  analytics.table('Behaviors', {
    name: behaviorTable,
    prefix: 'recommender/behaviors',
    columns: behaviorColumns,
    partitions: { tenant: 'injected', day: { firstDay: '2020-01-01' } },
  });
}
