import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { TransientError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

const client = once(() => new S3Client({}));

/** Removes for good what no longer stands under its key below a prefix: older versions, and what was deleted. */
export async function removeOlderVersions(Bucket: string, Prefix: string): Promise<void> {
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker }: Partial<ListObjectVersionsCommandOutput> =
      page ?? {};
    page = await client().send(new ListObjectVersionsCommand({ Bucket, Prefix, KeyMarker, VersionIdMarker }));
    await removePage(Bucket, page);
  } while (page.IsTruncated);
}

/** A page has a thousand, as many as a request takes. */
async function removePage(
  Bucket: string,
  { Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput,
): Promise<void> {
  const older = Versions.filter(({ IsLatest }) => !IsLatest);
  const Objects = [...older, ...DeleteMarkers].flatMap(({ Key, VersionId }) => (Key ? [{ Key, VersionId }] : []));
  if (Objects.length === 0) return;
  const { Errors = [] } = await client().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  if (Errors.length > 0) throw new TransientError(`S3 did not remove ${Errors.length} versions: ${Errors[0]?.Code}`);
}
