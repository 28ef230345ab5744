import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { removalPolicyOf } from './millrace-stack.ts';

/** How long everything stays, and what the platform itself keeps there. */
const platformLifecycle: readonly LifecycleRule[] = [
  {
    abortIncompleteMultipartUploadAfter: Duration.days(7),
    // Read again within days or hardly ever; the shortest stay there is 90 days.
    transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }],
    noncurrentVersionExpiration: Duration.days(365),
  },
  // A day's export is replaced by the next day's; a year of them tells when something was changed.
  { prefix: 'platform/exports/', expiration: Duration.days(400) },
  // Which message replays what: of use while it may come again, and to tell a replay's next failure.
  {
    prefix: 'platform/replays/',
    expiration: Duration.days(30),
    noncurrentVersionExpiration: Duration.days(1),
  },
  // Answers of Athena's are fetched at once.
  {
    prefix: 'platform/analytics/',
    expiration: Duration.days(1),
    noncurrentVersionExpiration: Duration.days(1),
  },
];

/** A private bucket for raw inputs: every version kept, every change an event, every access logged. */
export class RawBucket extends Construct {
  readonly bucket: Bucket;
  /** Where the accesses to this and other buckets are written down. */
  readonly accessLogs: Bucket;

  /** `lifecycle` is of those prefixes whose objects go earlier than others. */
  constructor(
    scope: Construct,
    id: string,
    { lifecycle = [] }: { readonly lifecycle?: readonly LifecycleRule[] } = {},
  ) {
    super(scope, id);
    const shared = {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: removalPolicyOf(this),
    };
    this.accessLogs = new Bucket(this, 'AccessLogs', {
      ...shared,
      lifecycleRules: [{ expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...shared,
      versioned: true,
      serverAccessLogsBucket: this.accessLogs,
      lifecycleRules: [...platformLifecycle, ...lifecycle],
    });
    sendEvents(this.bucket);
  }
}

/** By property: the bucket's own switch would bring a Lambda function that only flips it. */
function sendEvents(bucket: Bucket): void {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
