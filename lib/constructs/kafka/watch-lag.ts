import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { AlarmBook } from '../alarm-book.ts';
import type { HandlerFunction } from '../handler-function.ts';
import type { Mapping } from './mapping.ts';

export interface LagProps {
  readonly clusterName: string;
  readonly mappings: readonly Mapping[];
  readonly lag: Duration;
}

const minute = Duration.minutes(1);

/** The alarm that a handler is behind its topics; of several, the one that is farthest behind. */
export function watchLag(
  scope: Construct & { readonly handler: HandlerFunction },
  { clusterName, mappings, lag }: LagProps,
): void {
  const { handler } = scope;
  const metrics = mappings.map(
    ({ topic, id }) =>
      new Metric({
        namespace: 'AWS/Kafka',
        metricName: 'EstimatedMaxTimeLag',
        // The pollers' consumer group is named for the mapping.
        dimensionsMap: { 'Cluster Name': clusterName, 'Consumer Group': id, Topic: topic },
        statistic: 'Maximum',
        period: minute,
      }),
  );
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`lag${index}`, metric]));
  const [only] = metrics;
  AlarmBook.of(scope).add(scope, {
    name: `${handler.name}-lags`,
    metric:
      only && metrics.length === 1
        ? only
        : new MathExpression({ expression: 'MAX(METRICS())', usingMetrics, period: minute }),
    // In seconds.
    threshold: lag.toSeconds(),
    evaluationPeriods: 3,
    impact: handler.impact,
    severity: handler.severity,
  });
}
