import { Duration, Lazy } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { filesPrefix, sweepFilesEnv, sweepFilesImpact, verifyFilesEnv } from '../../../lambdas/tasks/contract.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { QueueHandler } from '../../constructs/queue-handler.ts';
import { ScheduledFlow } from '../../constructs/scheduled-flow.ts';
import { allowObjects, allowRemoval } from '../../permissions/bucket-access.ts';

export interface FilesProps {
  readonly database: Database;
  /** The bucket of callers' files. */
  readonly files: Bucket;
}

type Variables = Readonly<Record<'DATABASE_URL' | 'FILES_BUCKET', string>>;

/** What happens to files after their upload: those in parts are read for their hash, and all are removed in time. */
export class Files extends Construct {
  /** Of files to be compared with their hash. */
  readonly verifications: Queue;

  constructor(scope: Construct, id: string, props: FilesProps) {
    super(scope, id);
    const { database, files } = props;
    const variables = { DATABASE_URL: database.url, FILES_BUCKET: files.bucketName };
    this.verifications = this.#makeVerification(props, variables);
    this.#makeSweep(props, variables);
  }

  #makeVerification({ database, files }: FilesProps, variables: Variables): Queue {
    const verify = new QueueHandler(this, 'Verify', {
      handler: 'tasks/verify-files',
      contract: verifyFilesEnv,
      env: {
        ...variables,
        VERIFY_FILES_QUEUE_URL: Lazy.string({ produce: () => this.verifications.queueUrl }),
        // The rest of a function's 15 minutes is for what S3 and the database do last.
        TURN_SECONDS: '720',
      },
      impact: 'Files that came in parts with a hash are not compared with it, and stay unusable.',
      severity: 'low',
      timeout: Duration.minutes(15),
      batchSize: 1,
      // A file above what one turn reads comes again by the same queue, a hundred times if need be.
      recursive: true,
      // Hashing is work for one processor.
      memory: 1769,
      database,
    });
    verify.handler.allow(['sqs:SendMessage'], [verify.queue.queueArn]);
    allowObjects(verify.handler, files, { read: [filesPrefix] });
    allowRemoval(verify.handler, files, filesPrefix);
    return verify.queue;
  }

  #makeSweep({ database, files }: FilesProps, env: Variables): void {
    const { slots, workloads } = environmentOf(this);
    const start = new HandlerFunction(this, 'Sweep', {
      handler: 'tasks/sweep-files',
      contract: sweepFilesEnv,
      env: { ...env, TASKS_KEEP_DAYS: String(workloads.tasks.keepDays) },
      impact: sweepFilesImpact,
      severity: 'low',
      timeout: Duration.minutes(5),
      memory: 256,
      concurrency: 1,
      asynchronous: true,
      database,
    });
    allowRemoval(start, files, filesPrefix);
    new ScheduledFlow(this, 'Schedule', {
      // With the keeper of slots: each look wakes a database that pauses.
      task: { at: slots.keepEvery, timeZone: 'Etc/UTC', impact: sweepFilesImpact },
      start,
      enabled: true,
    });
  }
}
