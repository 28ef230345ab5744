import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EdgeName, edgeResourceName } from '../../../lambdas/kit/ledger/edge.ts';
import { DeadLetters } from '../../constructs/dead-letters.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';

const edge = 'platform/failures';
const impact = 'What functions failed on is kept in its queue, but nobody sees it in the ledger.';

/**
 * Where queues' consumers and functions without the database tell the ledger what they failed on
 * (lambdas/platform/record/failure-sender.ts). Made before everything that tells, and drained by the intake, which is made
 * after.
 */
export class FailureReports extends Construct {
  readonly queue: Queue;
  readonly edge: EdgeName = edge;
  /** What stops working without it. */
  readonly impact = impact;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const deadLetters = new DeadLetters(this, 'DeadLetters', {
      edge,
      end: 'dead',
      alarm: 'platform-failures-dead-letters',
      impact,
      severity: 'high',
      // The intake itself failed on them: a person looks.
      drained: false,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: edgeResourceName({ environment: environmentOf(this).name, edge }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // Six times the timeout of platform/record-failures, as AWS asks.
      visibilityTimeout: Duration.minutes(3),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 10 },
    });
    FailureBook.of(this).reports = this.queue;
  }
}
