import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { once } from '#kit/once.ts';
import type { Finding } from './finding.ts';

const client = once(() => new S3Client({}));

/** The bucket is there and may be listed. */
export async function probeBucket(bucket: string, abortSignal: AbortSignal): Promise<Finding> {
  await client().send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });
  return {};
}
