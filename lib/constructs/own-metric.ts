import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { environmentOf } from './millrace-stack.ts';

export interface OwnMetricProps {
  /** What the handlers count it as. */
  readonly name: string;
  /** Whose functions count it: the folder below lambdas/. */
  readonly workload: string;
}

/** Where an environment's functions count: two environments of one account must not raise each other's alarms. */
export function metricsNamespace(scope: IConstruct): string {
  return `Millrace/${environmentOf(scope).name}`;
}

/** What the functions of a workload count themselves (`count` in lambdas/kit/telemetry.ts), summed over five minutes. */
export function ownMetric(scope: IConstruct, { name, workload }: OwnMetricProps): Metric {
  return new Metric({
    namespace: metricsNamespace(scope),
    metricName: name,
    // Powertools' own dimension.
    dimensionsMap: { service: workload },
    statistic: 'Sum',
    period: Duration.minutes(5),
  });
}
