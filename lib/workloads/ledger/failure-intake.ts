import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { recordFailuresEnv } from '../../../lambdas/platform/contract.ts';
import { AlarmBook } from '../../constructs/alarm-book.ts';
import type { Database } from '../../constructs/database.ts';
import { DeadLetters } from '../../constructs/dead-letters.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ownMetric } from '../../constructs/own-metric.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';

export interface FailureIntakeProps {
  readonly database: Database;
  readonly raw: Bucket;
  /** What functions without the database tell. */
  readonly reports: Queue;
  /** Who tells people of what is recorded. */
  readonly wakes: Queue;
}

const impact = 'What failed is kept in its queue, but nobody sees it in the ledger.';

/** The way into the failure ledger: one function drains every dead end, and hears of executions that ended badly. */
export class FailureIntake extends Construct {
  readonly #intake: QueueHandler;

  constructor(scope: Construct, id: string, { database, raw, reports, wakes }: FailureIntakeProps) {
    super(scope, id);
    const book = FailureBook.of(this);
    const undelivered = this.#undelivered();
    this.#intake = new QueueHandler(this, 'Record', {
      handler: 'platform/record-failures',
      contract: recordFailuresEnv,
      env: { DATABASE_URL: database.url, RAW_BUCKET: raw.bucketName, ALERTS_QUEUE_URL: wakes.queueUrl },
      impact,
      severity: 'high',
      timeout: Duration.seconds(30),
      maxConcurrency: environmentOf(this).ledger.intake,
      // Ten tries three minutes apart: a database that is away for longer leaves the rest to the redrive by hand.
      attempts: 10,
      ledger: false,
      tellsOfOthers: true,
      database,
    });
    allowObjects(this.#intake.handler, raw, {
      // What Lambda's pollers gave up on lies below the second.
      read: ['platform/replays', 'aws/lambda'],
      write: ['platform/failures'],
    });
    this.#intake.handler.allow(['sqs:SendMessage'], [wakes.queueArn]);
    for (const queue of [reports, ...book.deadEnds.map(({ deadLetters }) => deadLetters)])
      this.#intake.handler.function.addEventSource(
        // Dead ends know no number of tries, so what is offered too soon may be refused; and without a maximum, an empty
        // one is asked by two pollers instead of five. The reports' queue counts its tries.
        new SqsEventSource(queue, {
          batchSize: 10,
          ...(queue === reports ? { maxConcurrency: 2 } : {}),
          reportBatchItemFailures: true,
        }),
      );
    this.#hearOfExecutions(undelivered);
    this.#hearOfReplays(undelivered);
    this.#watch();
  }

  /** What EventBridge couldn't put into the intake's queue. */
  #undelivered(): DeadLetters {
    const deadLetters = new DeadLetters(this, 'Undelivered', {
      edge: 'platform/failures',
      end: 'missed',
      alarm: 'platform-failures-undelivered',
      impact,
      severity: 'high',
    });
    FailureBook.of(this).deadEnds.push({ edge: 'platform/failures', deadLetters });
    return deadLetters;
  }

  #hearOfExecutions(undelivered: DeadLetters): void {
    new Rule(this, 'EndedBadly', {
      description: 'Executions that failed, timed out or were stopped go to the failure ledger',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: FailureBook.of(this).machines.map(({ machine }) => machine.stateMachineArn),
        },
      },
      targets: [new SqsQueue(this.#intake.queue, { deadLetterQueue: undelivered })],
    });
  }

  /** An execution that replays a failure and succeeds has put it right. */
  #hearOfReplays(undelivered: DeadLetters): void {
    new Rule(this, 'PutRight', {
      description: 'Replays that succeeded resolve their failures',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['SUCCEEDED'],
          name: [{ prefix: 'replay-' }],
          stateMachineArn: FailureBook.of(this).machines.map(({ machine }) => machine.stateMachineArn),
        },
      },
      targets: [new SqsQueue(this.#intake.queue, { deadLetterQueue: undelivered })],
    });
  }

  #watch(): void {
    AlarmBook.of(this).add(this, {
      name: 'platform-failures-recorded',
      metric: ownMetric(this, { name: 'FailuresRecorded', workload: 'platform' }),
      impact: 'Something failed for good and waits in the ledger for a person.',
      severity: 'medium',
    });
  }
}
