import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { replayFailureEnv } from '../../lambdas/platform/contract.ts';
import { FailureBook } from '../constructs/failure-book.ts';
import { QueueHandler } from '../constructs/queue-handler.ts';

/** The way back: a queue of replays, and the function that puts each in at the door it came from. */
export class Replays extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const replay = new QueueHandler(this, 'Replay', {
      handler: 'platform/replay-failure',
      contract: replayFailureEnv,
      env: {},
      impact: 'What a person wants done again is not done again.',
      timeout: Duration.seconds(30),
    });
    const { deadEnds, machines } = FailureBook.of(this);
    const queues = deadEnds.flatMap(({ source }) => (source ? [source.queueArn] : []));
    replay.handler.allow(['sqs:SendMessage', 'sqs:GetQueueUrl'], queues);
    if (machines.length > 0)
      replay.handler.allow(
        ['states:StartExecution'],
        machines.map(({ machine }) => machine.stateMachineArn),
      );
    this.queue = replay.queue;
  }
}
