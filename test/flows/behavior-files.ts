import { GetObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { parquetRows } from '../../lambdas/adapters/objects/parquet.ts';
import { columnsOf, folders, userColumn } from '../../lambdas/recommender/files/columns.ts';
import type { Flow } from './flow.ts';

/** Users in a tenant’s files, and in older versions of them. */
export async function usersInFiles(s3: S3Client, tenant: string): Promise<string[]> {
  const found = await Promise.all(
    Object.values(folders).map((folder) =>
      s3.send(new ListObjectVersionsCommand({ Bucket: 'millrace-raw-bucket', Prefix: `${folder}/tenant=${tenant}/` })),
    ),
  );
  const users = new Set<string>();
  for (const { Key = '', VersionId } of found.flatMap(({ Versions = [] }) => Versions)) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'millrace-raw-bucket', Key, VersionId }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const columns = columnsOf(Key);
    for await (const rows of parquetRows(file, columns))
      for (const row of rows) users.add(String(row[userColumn(columns)]));
  }
  return [...users].sort();
}

/** The recommender's tables in which a user's name stands in any column. */
export async function tablesNaming(flow: Pick<Flow, 'rows'>, user: string): Promise<string[]> {
  const rows = await flow.rows<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'recommender' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND query_to_xml(format('SELECT t::text AS row FROM recommender.%I t', c.relname), true, false, '')::text ~ $1`,
    `${user}\\M`,
  );
  return rows.map(({ name }) => name);
}
