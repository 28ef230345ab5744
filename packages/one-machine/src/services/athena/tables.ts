import type { TableModel } from '../../template/model.ts';

/** An object of a table, with the values of its partitions in their order. */
export interface TableObject {
  readonly key: string;
  readonly partitions: readonly string[];
}

/** Glue's types as DuckDB calls them; one that is missing stops the question by name. */
const types: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  smallint: 'SMALLINT',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

export function typeOf({ name, type }: { readonly name: string; readonly type: string }): string {
  const known = types[type];
  if (known === undefined) throw new Error(`The column ${name} has the type ${type}, which isn't known here`);
  return known;
}

/** The bucket and the folder that a table's location names. */
export function placeOf({ name, location }: TableModel): { readonly bucket: string; readonly prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*?)\/?$/.exec(location) ?? [];
  if (bucket === undefined) throw new Error(`The table ${name} stands at ${location}, which is no bucket`);
  return { bucket, prefix: `${prefix}/` };
}

/** The object as a part of the table: `tenant=a/day=2026-11-01/x.parquet`; undefined for what stands elsewhere. */
export function partOf({ partitionKeys }: TableModel, prefix: string, key: string): TableObject | undefined {
  const folders = key.slice(prefix.length).split('/');
  folders.pop();
  if (folders.length < partitionKeys.length) return undefined;
  const partitions = partitionKeys.map(({ name }, index) => {
    const folder = folders[index] ?? '';
    return folder.startsWith(`${name}=`) ? folder.slice(name.length + 1) : undefined;
  });
  return partitions.every((value) => value !== undefined) ? { key, partitions } : undefined;
}

/**
 * The values that a question names for each injected partition. Athena takes no question without: it knows the folders
 * only from there.
 */
export function injectedValues(table: TableModel, sql: string): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, ReadonlySet<string>>();
  for (const [index, { name }] of table.partitionKeys.entries()) {
    if (table.parameters[`projection.${name}.type`] !== 'injected') continue;
    const equal = new RegExp(`\\b${name}\\s*=\\s*'((?:[^']|'')*)'`, 'g');
    const values = [...sql.matchAll(equal)].map(([, text = '']) => text.replaceAll("''", "'"));
    if (values.length === 0)
      throw new Error(
        `CONSTRAINT_VIOLATION: For the injected projected partition column ${name}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
      );
    found.set(index, new Set(values));
  }
  return found;
}
