import { GetObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { parquetRows } from '../../lambdas/adapters/objects/parquet.ts';
import { behaviorColumns, userColumn } from '../../lambdas/recommender/files/columns.ts';
import { tenantPrefix } from '../../lambdas/recommender/files/write-files.ts';

/** Users in a tenant’s files, and in older versions of them. */
export async function usersInFiles(s3: S3Client, tenant: string): Promise<string[]> {
  const { Versions = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: 'millrace-raw-bucket', Prefix: tenantPrefix(tenant) }),
  );
  const users = new Set<string>();
  for (const { Key, VersionId } of Versions) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'millrace-raw-bucket', Key, VersionId }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    for await (const rows of parquetRows(file, behaviorColumns))
      for (const row of rows) users.add(String(row[userColumn]));
  }
  return [...users].sort();
}
