import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { HandlerFunction } from '../constructs/handler-function.ts';
import { acknowledgeWildcards } from './acknowledge.ts';

/** Key prefixes a function works on: `platform/mails`. Writing doesn't include reading. */
export interface ObjectAccess {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

/** Lets a function read or write objects below the named prefixes, and nothing else of the bucket. */
export function allowObjects(handler: HandlerFunction, bucket: Bucket, { read = [], write = [] }: ObjectAccess): void {
  const below = (prefixes: readonly string[]) => prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`));
  if (read.length > 0) {
    handler.allow(['s3:GetObject'], below(read));
    // Without it a missing object answers 403 instead of 404; S3 looks for it without a prefix to hold it to.
    handler.allow(['s3:ListBucket'], [bucket.bucketArn]);
  }
  if (write.length > 0) handler.allow(['s3:PutObject', 's3:AbortMultipartUpload'], below(write));
  const reason = 'Objects are named by their run; the grant ends at a prefix.';
  acknowledgeWildcards(handler, reason, below([...new Set([...read, ...write])]));
}

/** Lets a function remove objects below a prefix, and uploads that came to nothing. */
export function allowRemoval(handler: HandlerFunction, bucket: Bucket, prefix: string): void {
  const below = bucket.arnForObjects(`${prefix}/*`);
  handler.allow(['s3:DeleteObject', 's3:AbortMultipartUpload'], [below]);
  acknowledgeWildcards(handler, 'Objects are named by their file; the grant ends at a prefix.', [below]);
}

/** The same of several, with all of their versions. */
export function allowRemovalForGood(handler: HandlerFunction, bucket: Bucket, prefixes: readonly string[]): void {
  for (const prefix of prefixes) allowRemoval(handler, bucket, prefix);
  const below = prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`));
  handler.allow(['s3:DeleteObjectVersion'], below);
  handler.allow(['s3:ListBucketVersions'], [bucket.bucketArn]);
  acknowledgeWildcards(handler, 'Objects are named by their file; the grant ends at a prefix.', below);
}

/** Lets a function read one object, or learn that it isn't there. */
export function allowObject(handler: HandlerFunction, bucket: Bucket, key: string): void {
  handler.allow(['s3:GetObject'], [bucket.arnForObjects(key)]);
  handler.allow(['s3:ListBucket'], [bucket.bucketArn]);
}
