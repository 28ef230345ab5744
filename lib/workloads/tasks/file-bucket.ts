import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { environmentOf, removalPolicyOf } from '../../constructs/millrace-stack.ts';

export interface FileBucketProps {
  /** Where each access is written down. */
  readonly accessLogs: Bucket;
}

/**
 * A private bucket that callers upload to straight by presigned requests: a bucket of its own, so that nothing they may
 * do reaches the raw files. Nothing in it is kept for long: a sweep removes what is over, and rules what the sweep missed.
 */
export class FileBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { accessLogs }: FileBucketProps) {
    super(scope, id);
    const { api, workloads } = environmentOf(this);
    const { keepDays, unfinishedHours } = workloads.tasks.files;
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: removalPolicyOf(this),
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'files/',
      cors: [
        {
          allowedOrigins: [...api.corsOrigins],
          allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
          allowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
          exposedHeaders: ['ETag'],
          maxAge: 3600,
        },
      ],
      lifecycleRules: [
        {
          // A day later than the sweep, which tells the caller why.
          expiration: Duration.days(keepDays + Math.ceil(unfinishedHours / 24) + 1),
          abortIncompleteMultipartUploadAfter: Duration.days(Math.ceil(unfinishedHours / 24) + 1),
        },
      ],
    });
  }
}
