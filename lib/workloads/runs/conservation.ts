import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { AlarmBook } from '../../constructs/alarm-book.ts';

/** Watches that in = out + failed + filtered + waiting in each run that a workload closes (lambdas/adapters/run-book.ts). */
export function watchConservation(scope: Construct, workload: string): void {
  AlarmBook.of(scope).add(scope, {
    name: `${workload}-conservation-broken`,
    metric: new Metric({
      namespace: 'Millrace',
      metricName: 'ConservationBroken',
      dimensionsMap: { service: workload },
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
    impact: 'A run ended, and some of what came in is neither done, failed, filtered nor waiting: it is lost.',
    severity: 'high',
  });
}
