import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type EdgeEnd, type EdgeName, edgeResourceName } from '../../lambdas/kit/ledger/edge.ts';
import { acknowledge } from '../permissions/acknowledge.ts';
import { AlarmBook, type Severity } from './alarm-book.ts';
import { environmentOf } from './millrace-stack.ts';

export interface DeadLettersProps {
  /** What ends here, and how: the queue is named for both, and the ledger reads its name. */
  readonly edge: EdgeName;
  readonly end: EdgeEnd;
  /** As the queue is whose messages end here. @default false */
  readonly fifo?: boolean;
  /** Name of the alarm on it: `platform-send-mail-dead-letters`. */
  readonly alarm: string;
  /** What is lost while messages lie here. */
  readonly impact: string;
  readonly severity: Severity;
  /** Drained by the ledger within seconds, or left for a person. @default true */
  readonly drained?: boolean;
}

// Six times the timeout of platform/record-failures, as AWS asks.
const visibilityTimeout = Duration.minutes(3);
const minute = Duration.minutes(1);

/**
 * The dead end of an asynchronous edge, kept for two weeks. The ledger drains it, so what is still here after five
 * minutes means that the ledger doesn't; where no function drains it, the first message is the alarm.
 */
export class DeadLetters extends Queue {
  constructor(scope: Construct, id: string, props: DeadLettersProps) {
    const { edge, end, fifo } = props;
    super(scope, id, {
      queueName: edgeResourceName({ environment: environmentOf(scope).name, edge, end, fifo }),
      ...(fifo ? { fifo } : {}),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest SQS keeps anything: a person needs to be back from holidays.
      retentionPeriod: Duration.days(14),
      visibilityTimeout,
    });
    acknowledge(
      this,
      'This is the dead end itself: an alarm watches it, and the ledger or a person empties it.',
      'AwsSolutions-SQS3',
    );
    const drained = props.drained ?? true;
    AlarmBook.of(this).add(this, {
      name: props.alarm,
      metric: this.#messages(),
      evaluationPeriods: drained ? 5 : 1,
      impact: props.impact,
      severity: props.severity,
      // The ledger tells of what it drains; its own alarm watches that it does.
      spared: drained,
    });
  }

  /** A message that a failing ledger holds again and again is hardly ever visible: both kinds count. */
  #messages(): MathExpression {
    const most = { statistic: 'Maximum', period: minute };
    return new MathExpression({
      label: 'Dead letters',
      expression: 'waiting + held',
      usingMetrics: {
        waiting: this.metricApproximateNumberOfMessagesVisible(most),
        held: this.metricApproximateNumberOfMessagesNotVisible(most),
      },
      period: minute,
    });
  }
}
