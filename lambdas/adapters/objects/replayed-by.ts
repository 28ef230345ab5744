import { HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { replayedFailure } from '#kit/ledger/message-failure.ts';
import { once } from '#kit/once.ts';

/** Which failure a version of an object replays; `undefined` for one that a person put there. */
export type ReplayedBy = (object: { readonly key: string; readonly etag: string }) => Promise<number | undefined>;

const client = once(() => new S3Client({}));

/** A replay that goes in as an object says so in its metadata. An object that is replaced or gone by now says nothing any more. */
export function replayedBy(bucket: string): ReplayedBy {
  return async ({ key, etag }) => {
    try {
      // Events have it without its quotes.
      const IfMatch = `"${etag.replaceAll('"', '')}"`;
      const { Metadata } = await client().send(new HeadObjectCommand({ Bucket: bucket, Key: key, IfMatch }));
      return replayedFailure(Metadata);
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 404 || status === 412) return undefined;
      throw error;
    }
  };
}
