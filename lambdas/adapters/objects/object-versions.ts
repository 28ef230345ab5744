import { GetObjectCommand, ListObjectVersionsCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { NotFoundError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

/** What stood under a key, or stands there now. */
export interface ObjectVersion {
  readonly version: string;
  readonly at: Date;
  readonly isCurrent: boolean;
}

const client = once(() => new S3Client({}));

/** The newest versions of one object, the newest first; what was deleted meanwhile is among them. */
export async function newestVersions(Bucket: string, Key: string, most: number): Promise<readonly ObjectVersion[]> {
  const listing = new ListObjectVersionsCommand({ Bucket, Prefix: Key, MaxKeys: most });
  const { Versions = [] } = await client().send(listing);
  return Versions.filter((one) => one.Key === Key).map(({ VersionId = '', LastModified, IsLatest }) => {
    return { version: VersionId, at: LastModified ?? new Date(0), isCurrent: IsLatest === true };
  });
}

/** A version as UTF-8. Throws {@link NotFoundError} where there is none. */
export async function readVersion(Bucket: string, Key: string, VersionId: string): Promise<string> {
  try {
    const { Body } = await client().send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return (await Body?.transformToString()) ?? '';
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    // S3 answers 400 for what is no id of a version at all, and 405 for one that is the mark of a deletion.
    if (status === 404 || status === 400 || status === 405)
      throw new NotFoundError(`There is no version ${VersionId}.`, { cause: error });
    throw error;
  }
}
