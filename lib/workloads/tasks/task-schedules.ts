import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type ScheduledFunction, scheduledFunctions, startScheduledEnv } from '../../../lambdas/tasks/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { TaskQueues } from './task-queues.ts';

export interface TaskSchedulesProps {
  readonly database: Database;
  readonly raw: Bucket;
  readonly slots: Queue;
  readonly queues: TaskQueues;
}

/** One schedule for each line of the contract's list, all calling one function. */
export class TaskSchedules extends Construct {
  constructor(scope: Construct, id: string, { database, raw, slots, queues }: TaskSchedulesProps) {
    super(scope, id);
    const door = new HandlerFunction(this, 'StartScheduled', {
      handler: 'tasks/start-scheduled',
      contract: startScheduledEnv,
      env: {
        ...queues.variables,
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        SLOTS_QUEUE_URL: slots.queueUrl,
      },
      impact: 'Scheduled functions are not run; the keeper of slots catches them up.',
      concurrency: 1,
      asynchronous: true,
      database,
    });
    queues.allowSending(door);
    door.allow(['sqs:SendMessage'], [slots.queueArn]);
    allowObjects(door, raw, { read: ['tasks/results'] });
    for (const [name, task] of Object.entries<ScheduledFunction>(scheduledFunctions))
      new ScheduledFlow(this, name, { name: `tasks/${name}`, task, start: door, enabled: true });
  }
}
