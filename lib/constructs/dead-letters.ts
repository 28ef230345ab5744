import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../permissions/acknowledge.ts';
import { AlarmBook, type Severity } from './alarm-book.ts';

export interface DeadLettersProps {
  /** Name of the alarm on it: `platform-send-mail-dead-letters`. */
  readonly alarm: string;
  /** What is lost while messages lie here. */
  readonly impact: string;
  readonly severity: Severity;
}

/** The dead end of an asynchronous edge: kept for two weeks, alarmed from the first message on. */
export class DeadLetters extends Queue {
  constructor(scope: Construct, id: string, props: DeadLettersProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The longest SQS keeps anything: a person needs to be back from holidays.
      retentionPeriod: Duration.days(14),
    });
    acknowledge(
      this,
      'This is the dead end itself: an alarm watches it, and a person empties it.',
      'AwsSolutions-SQS3',
    );
    AlarmBook.of(this).add(this, {
      name: props.alarm,
      metric: this.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(1) }),
      impact: props.impact,
      severity: props.severity,
    });
  }
}
