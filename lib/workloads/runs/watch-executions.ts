import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { AlarmBook, type AlarmEntry } from '../../constructs/alarm-book.ts';

const period = Duration.minutes(5);

/** An alarm on executions that failed, came too late or were stopped: three metrics that one person looks after. */
export function watchExecutions(
  scope: Construct,
  machine: StateMachine,
  {
    stopped,
    ...entry
  }: Pick<AlarmEntry, 'name' | 'impact' | 'severity'> & {
    /** Executions are stopped for good reasons here, which is no failure. */
    readonly stopped?: 'on-purpose';
  },
): void {
  AlarmBook.of(scope).add(scope, {
    ...entry,
    metric: new MathExpression({
      label: 'Runs that failed, timed out or were stopped',
      expression: stopped ? 'failed + late' : 'failed + late + stopped',
      usingMetrics: {
        failed: machine.metricFailed({ period }),
        late: machine.metricTimedOut({ period }),
        ...(stopped ? {} : { stopped: machine.metricAborted({ period }) }),
      },
      period,
    }),
  });
}
