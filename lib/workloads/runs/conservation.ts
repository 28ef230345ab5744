import type { Construct } from 'constructs';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import { ownMetric } from '../../constructs/own-metric.ts';

/**
 * Watches that in = out + failed + filtered + waiting in each run that a workload closes
 * (lambdas/platform/record/run-book.ts).
 */
export function watchConservation(scope: Construct, workload: string): void {
  AlarmBook.of(scope).add(scope, {
    name: `${workload}-conservation-broken`,
    metric: ownMetric(scope, { name: 'ConservationBroken', workload }),
    impact: 'A run ended, and some of what came in is neither done, failed, filtered nor waiting: it is lost.',
    severity: 'high',
  });
}
