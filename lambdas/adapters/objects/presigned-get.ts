import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { once } from '#kit/once.ts';

const client = once(() => new S3Client({}));

/** Addresses that let their holder read an object of the bucket for so many seconds. Signing makes no request. */
export function presignedGet(bucket: string): (key: string, seconds: number) => Promise<string> {
  return (key, seconds) =>
    getSignedUrl(client(), new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: seconds });
}
