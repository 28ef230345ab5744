import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { once } from '#kit/once.ts';

/** An object as it is now: the one that is known already, another, or none. */
export type ChangedObject =
  | { readonly state: 'unchanged' }
  | { readonly state: 'absent' }
  | { readonly state: 'changed'; readonly etag: string; readonly text: string };

const client = once(() => new S3Client({}));

/** Reads an object as UTF-8 unless it is still that of the ETag. Throws what S3 throws while it is away. */
export async function readIfChanged(place: { bucket: string; key: string }, etag?: string): Promise<ChangedObject> {
  try {
    const { Body, ETag } = await client().send(
      new GetObjectCommand({
        Bucket: place.bucket,
        Key: place.key,
        ...(etag === undefined ? {} : { IfNoneMatch: etag }),
      }),
    );
    return { state: 'changed', etag: ETag ?? '', text: (await Body?.transformToString()) ?? '' };
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 304) return { state: 'unchanged' };
    if (status === 404) return { state: 'absent' };
    throw error;
  }
}
