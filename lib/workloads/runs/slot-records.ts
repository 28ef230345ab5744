import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { recordSlotsEnv } from '../../../lambdas/platform/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';

/** Where scheduled handlers tell of their starts. Made before all that tell; the keeper of slots is made after them. */
export class SlotRecords extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, database: Database) {
    super(scope, id);
    const record = new QueueHandler(this, 'Record', {
      handler: 'platform/record-slots',
      contract: recordSlotsEnv,
      env: { DATABASE_URL: database.url },
      impact: 'Slots that were run pass for missed, and are started a second time; that changes nothing but the book.',
      // Aurora at rest wakes in up to 40 s.
      timeout: Duration.minutes(1),
      database,
    });
    this.queue = record.queue;
  }
}
