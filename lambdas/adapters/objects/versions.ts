import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  S3Client,
} from '@aws-sdk/client-s3';
import { TransientError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

const client = once(() => new S3Client({}));

/** Removes for good what no longer stands under its key below a prefix: older versions, and what was deleted. */
export async function removeOlderVersions(bucket: string, prefix: string): Promise<void> {
  await removeVersions(bucket, prefix, ({ IsLatest, isMarker }) => isMarker || !IsLatest);
}

/** Removes for good all that was written below a prefix before then; resolves to how many versions that were. */
export function removeWrittenBefore(bucket: string, prefix: string, before: Date): Promise<number> {
  return removeVersions(bucket, prefix, ({ LastModified }) => LastModified !== undefined && LastModified < before);
}

type Entry = Pick<ObjectVersion, 'Key' | 'VersionId' | 'IsLatest' | 'LastModified'> & { readonly isMarker: boolean };

async function removeVersions(Bucket: string, Prefix: string, isGoing: (entry: Entry) => boolean): Promise<number> {
  let removed = 0;
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker }: Partial<ListObjectVersionsCommandOutput> =
      page ?? {};
    page = await client().send(new ListObjectVersionsCommand({ Bucket, Prefix, KeyMarker, VersionIdMarker }));
    const { Versions = [], DeleteMarkers = [] } = page;
    const entries = [
      ...Versions.map((version) => ({ ...version, isMarker: false })),
      ...DeleteMarkers.map((marker) => ({ ...marker, isMarker: true })),
    ];
    removed += await removeAll(Bucket, entries.filter(isGoing));
  } while (page.IsTruncated);
  return removed;
}

/** A page has a thousand, as many as a request takes. */
async function removeAll(Bucket: string, entries: readonly Entry[]): Promise<number> {
  const Objects = entries.flatMap(({ Key, VersionId }) => (Key ? [{ Key, VersionId }] : []));
  if (Objects.length === 0) return 0;
  const { Errors = [] } = await client().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  if (Errors.length > 0) throw new TransientError(`S3 did not remove ${Errors.length} versions: ${Errors[0]?.Code}`);
  return Objects.length;
}
