import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/recommender/contract.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { allowObjects } from '../../permissions/bucket-access.ts';
import type { DataPlatform } from '../workload.ts';

export interface CleanupProps extends Pick<DataPlatform, 'database' | 'raw' | 'slots'> {
  /** Of files of behaviour that are to be written. */
  readonly files: Queue;
}

/** Retention: what nobody reads any more goes, behaviour only once its files are read back. */
export class Cleanup extends Construct {
  constructor(scope: Construct, id: string, { database, raw, slots, files }: CleanupProps) {
    super(scope, id);
    const { hotDays, filesDelaySeconds } = environmentOf(this).workloads.recommender;
    const task = contract.cleanUpSchedule;
    const start = new HandlerFunction(this, 'Handler', {
      handler: 'recommender/cleanup-expired-cache',
      contract: contract.cleanUpEnv,
      env: {
        DATABASE_URL: database.url,
        RAW_BUCKET: raw.bucketName,
        FILES_QUEUE_URL: files.queueUrl,
        FILES_DELAY_MS: String(filesDelaySeconds * 1000),
        SLOTS_QUEUE_URL: slots.queueUrl,
        HOT_DAYS: String(hotDays),
      },
      impact: task.impact,
      severity: 'low',
      // A day of ten million events is read twice, once from the database and once from its files.
      timeout: Duration.minutes(15),
      memory: 1769,
      concurrency: 1,
      asynchronous: true,
      database,
    });
    allowObjects(start, raw, { read: [contract.behaviorFiles] });
    start.allow(['sqs:SendMessage'], [files.queueArn, slots.queueArn]);
    new ScheduledFlow(this, 'Daily', { task, start, enabled: true });
  }
}
