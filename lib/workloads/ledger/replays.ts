import { Duration } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { replayFailureEnv, sendPortionEnv } from '../../../lambdas/platform/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { FailureBook } from '../../constructs/failure-book.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { acknowledgeWildcards } from '../../permissions/acknowledge.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import { executionsOf } from '../../permissions/executions.ts';
import { ReplayFlow } from './replay-flow.ts';

export interface ReplaysProps {
  readonly database: Database;
  readonly raw: Bucket;
  /** Where what can't be replayed is told. */
  readonly reports: Queue;
}

const impact = 'What a person wants done again is not done again.';

/** The way back: a queue of replays, the function that puts each in at its door, and the machine that replays many. */
export class Replays extends Construct {
  readonly queue: Queue;
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { database, raw, reports }: ReplaysProps) {
    super(scope, id);
    const replay = new QueueHandler(this, 'Replay', {
      handler: 'platform/replay-failure',
      contract: replayFailureEnv,
      env: { RAW_BUCKET: raw.bucketName, FAILURES_QUEUE_URL: reports.queueUrl },
      impact,
      timeout: Duration.seconds(30),
      // Ten records at once in each: enough for the largest rate.
      maxConcurrency: 4,
    });
    this.queue = replay.queue;
    const portion = new HandlerFunction(this, 'Portion', {
      handler: 'platform/send-portion',
      contract: sendPortionEnv,
      env: { DATABASE_URL: database.url, REPLAYS_QUEUE_URL: this.queue.queueUrl },
      impact,
      timeout: Duration.minutes(1),
      // One for each replay under way; people have no more than a few.
      concurrency: 2,
      database,
    });
    portion.allow(['sqs:SendMessage'], [this.queue.queueArn]);
    this.machine = new ReplayFlow(this, 'Flow', portion).machine;
    replay.handler.allow(['sqs:SendMessage'], [reports.queueArn]);
    allowObjects(replay.handler, raw, {
      read: ['platform/failures', 'platform/replays'],
      write: ['platform/replays', ...FailureBook.of(this).prefixes],
    });
    this.#openDoors(replay.handler);
  }

  /** Every door that the book has so far: made after all that fails. */
  #openDoors(handler: HandlerFunction): void {
    const { deadEnds, machines, functions } = FailureBook.of(this);
    const queues = deadEnds.flatMap(({ source }) => (source ? [source.queueArn] : []));
    handler.allow(['sqs:SendMessage', 'sqs:GetQueueUrl'], queues);
    const runs = machines.map(({ machine }) => executionsOf(machine));
    handler.allow(
      ['states:StartExecution'],
      machines.map(({ machine }) => machine.stateMachineArn),
    );
    // An input too large for an event stands only in its execution.
    handler.allow(['states:DescribeExecution'], runs);
    acknowledgeWildcards(handler, 'Any run of these machines may fail; the grant is for theirs only.', runs);
    if (functions.length > 0)
      handler.allow(
        ['lambda:InvokeFunction'],
        functions.map(({ functionArn }) => functionArn),
      );
  }
}
