import { page, table, text } from './page.ts';

/** One object as a listing shows it. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly at: Date | undefined;
}

/** A bucket's objects below a prefix, each a link to its bytes. */
export function objectsPage(bucket: string, prefix: string, objects: readonly StoredObject[]): string {
  const link = (key: string) =>
    `/buckets/${encodeURIComponent(bucket)}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const rows = objects.map(({ key, bytes, at }) => [
    `<a href="${link(key)}">${text(key)}</a>`,
    bytes.toLocaleString('en'),
    text(at?.toISOString() ?? ''),
  ]);
  return page(
    `${bucket}/${prefix}`,
    rows.length > 0 ? table(['Object', 'Bytes', 'Stored'], rows) : '<p>Nothing here.</p>',
  );
}
