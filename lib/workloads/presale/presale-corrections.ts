import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { correctedPrefix, loadCorrectionsEnv } from '../../../lambdas/presale/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { DealFiles } from './deal-files.ts';

export interface PresaleCorrectionsProps {
  readonly database: Database;
  readonly raw: Bucket;
  /** Wakes the mailer. */
  readonly wakes: Queue;
  readonly files: DealFiles;
}

/** Corrected files: dropped into the bucket -> rule -> queue -> just those rows into the database. */
export class PresaleCorrections extends Construct {
  constructor(scope: Construct, id: string, { database, raw, wakes, files }: PresaleCorrectionsProps) {
    super(scope, id);
    const { queue, handler, deadLetters } = new QueueHandler(this, 'Load', {
      handler: 'presale/load-corrections',
      contract: loadCorrectionsEnv,
      env: { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName, ALERTS_QUEUE_URL: wakes.queueUrl, ...files.env },
      impact: 'Somebody’s corrected rows are safe in the bucket but not in the table.',
      timeout: Duration.minutes(2),
      // A corrected file of 20 MB is ten times that as values.
      memory: 1024,
      batchSize: 1,
      database,
    });
    allowObjects(handler, raw, { read: ['presale/corrected'], write: ['presale/problems', 'platform/failures'] });
    handler.allow(['sqs:SendMessage'], [wakes.queueArn]);
    files.allowAsking(handler);
    // A failure that is mended comes back as a corrected file.
    FailureBook.of(this).prefixes.push('presale/corrected');
    new Rule(this, 'Dropped', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [raw.bucketName] }, object: { key: [{ prefix: correctedPrefix }] } },
      },
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters })],
    });
  }
}
