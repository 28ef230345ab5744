import { behaviorColumns, fileFolders, segmentColumns } from '../../../lambdas/recommender/contract.ts';
import type { Analytics } from '../../constructs/tables/analytics.ts';

/** Of the tables that Athena reads for the metrics. */
export const metricsTables = ['behaviors', 'segments'] as const;

/**
 * Behaviour by tenant and day, what of it came too late by the day on which it came, and how active users are. The tenant is
 * injected: a question that doesn't name it is refused, so that none reads another's by mistake.
 */
export function addFileTables(analytics: Analytics): void {
  const partitions = { tenant: 'injected', day: { firstDay: '2020-01-01' } } as const;
  analytics.table('Behaviors', {
    name: 'behaviors',
    prefix: fileFolders.behaviors,
    columns: behaviorColumns,
    partitions,
  });
  analytics.table('LateBehaviors', {
    name: 'late_behaviors',
    prefix: fileFolders.late,
    columns: behaviorColumns,
    partitions,
  });
  analytics.table('Segments', {
    name: 'segments',
    prefix: fileFolders.segments,
    columns: segmentColumns,
    partitions: { tenant: 'injected' },
  });
}
