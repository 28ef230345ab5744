import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import * as contract from '../../../lambdas/recommender/contract.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { allowObjects, allowRemoval, allowRemovalForGood } from '../../permissions/bucket-access.ts';
import type { DataPlatform } from '../workload.ts';

export interface CleanupProps extends Pick<DataPlatform, 'database' | 'raw' | 'slots'> {
  /** Of files of behaviour that are to be written. */
  readonly files: Queue;
}

/** Retention: removes what is not read any more, behaviour only once its files are read back. */
export class Cleanup extends Construct {
  constructor(scope: Construct, id: string, { database, raw, slots, files }: CleanupProps) {
    super(scope, id);
    const { hotDays, modelDays, filesDelaySeconds } = environmentOf(this).workloads.recommender;
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
        MODEL_DAYS: String(modelDays),
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
    const { behaviors, late } = contract.fileFolders;
    allowObjects(start, raw, { read: [behaviors, late] });
    allowRemoval(start, raw, contract.modelsFolder);
    allowRemovalForGood(start, raw, [contract.sparkFolder]);
    start.allow(['sqs:SendMessage'], [files.queueArn, slots.queueArn]);
    new ScheduledFlow(this, 'Daily', { task, start, enabled: true });
  }
}
