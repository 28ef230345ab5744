import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { filesApiEnv, filesPrefix, filesRoutes, noRoom } from '../../../lambdas/tasks/contract.ts';
import { ApiHandler } from '../../constructs/api/api-handler.ts';
import { environmentOf } from '../../constructs/millrace-stack.ts';
import { allowRemoval } from '../../permissions/bucket-access.ts';
import type { ApiPlatform } from '../workload.ts';
import type { Files } from './files.ts';

export interface FilesApiProps {
  readonly platform: ApiPlatform;
  /** The bucket of callers' files. */
  readonly files: Bucket;
  readonly verification: Files;
}

/** The routes of callers' files. What it may do with objects is also what its presigned requests may. */
export class FilesApi extends Construct {
  constructor(scope: Construct, id: string, { platform, files, verification }: FilesApiProps) {
    super(scope, id);
    const { maxBytes, keepDays, unfinishedHours } = environmentOf(this).workloads.tasks.files;
    const handler = new ApiHandler(this, 'Api', {
      platform,
      noRoom,
      handler: 'tasks/files-api',
      contract: filesApiEnv,
      routes: filesRoutes,
      env: {
        FILES_BUCKET: files.bucketName,
        FILES_MAX_BYTES: String(maxBytes),
        FILES_KEEP_DAYS: String(keepDays),
        FILES_UNFINISHED_HOURS: String(unfinishedHours),
        VERIFY_FILES_QUEUE_URL: verification.verifications.queueUrl,
      },
      impact: 'Callers can neither upload files nor fetch them.',
      // Signing a page of addresses is work for a processor.
      memory: 1024,
      concurrency: 6,
      sends: [verification.verifications],
      objects: { bucket: files, read: [filesPrefix], write: [filesPrefix] },
    });
    allowRemoval(handler, files, filesPrefix);
    handler.allow(['s3:ListMultipartUploadParts'], [files.arnForObjects(`${filesPrefix}/*`)]);
  }
}
