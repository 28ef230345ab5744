import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { filesApiEnv, filesPrefix, filesRoutes } from '../../../lambdas/tasks/contract.ts';
import type { Callers } from '../../constructs/api/callers.ts';
import { apiTimeout, type HttpApi } from '../../constructs/api/http-api.ts';
import type { Database } from '../../constructs/database.ts';
import { HandlerFunction } from '../../constructs/handler-function.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowObjects, allowRemoval } from '../../permissions/bucket-access.ts';
import type { Files } from './files.ts';

export interface FilesApiProps {
  readonly api: HttpApi;
  readonly database: Database;
  readonly callers: Callers;
  /** The bucket of callers' files. */
  readonly files: Bucket;
  readonly verification: Files;
}

/** The routes of callers' files. What it may do with objects is also what its presigned requests may. */
export class FilesApi extends Construct {
  constructor(scope: Construct, id: string, { api, database, callers, files, verification }: FilesApiProps) {
    super(scope, id);
    const { maxBytes, keepDays, unfinishedHours } = environmentOf(this).workloads.tasks.files;
    const handler = new HandlerFunction(this, 'Api', {
      handler: 'tasks/files-api',
      contract: filesApiEnv,
      env: {
        DATABASE_URL: database.url,
        ...callers.env,
        FILES_BUCKET: files.bucketName,
        FILES_MAX_BYTES: String(maxBytes),
        FILES_KEEP_DAYS: String(keepDays),
        FILES_UNFINISHED_HOURS: String(unfinishedHours),
        VERIFY_FILES_QUEUE_URL: verification.verifications.queueUrl,
      },
      impact: 'Callers can neither upload files nor fetch them.',
      timeout: apiTimeout,
      // Signing a page of addresses is work for a processor.
      memory: 1024,
      concurrency: 6,
      database,
    });
    callers.allow(handler);
    allowObjects(handler, files, { read: [filesPrefix], write: [filesPrefix] });
    allowRemoval(handler, files, filesPrefix);
    handler.allow(['s3:ListMultipartUploadParts'], [files.arnForObjects(`${filesPrefix}/*`)]);
    handler.allow(['sqs:SendMessage'], [verification.verifications.queueArn]);
    api.route(filesRoutes, handler);
  }
}
