import { behaviorFiles } from '../contract.ts';
import { type BehaviorFileRow, userColumn } from './columns.ts';

/** What is to be done with a tenant's files. */
export type FileWork =
  | { readonly kind: 'day'; readonly tenant_id: string; readonly day: string }
  | { readonly kind: 'erasure'; readonly tenant_id: string };

type Rows = AsyncIterable<readonly BehaviorFileRow[]>;

export interface FilePorts {
  /** A tenant's day as the database has it; `undefined` where it keeps that day no longer. */
  readonly rowsOf: (tenant: string, day: string) => Promise<Rows | undefined>;
  readonly files: {
    write(key: string, rows: Rows): Promise<void>;
    read(key: string): Rows;
    remove(key: string): Promise<void>;
    list(prefix: string): AsyncIterable<string>;
    /** All that is no longer what stands under its key. */
    removeOlderVersions(prefix: string): Promise<void>;
  };
  /** Tells the erased among users of a tenant. */
  readonly erasedIn: (tenant: string) => Promise<(user: string) => boolean>;
}

/** All of a tenant's files. */
function tenantPrefix(tenant: string): string {
  return `${behaviorFiles}/tenant=${encodeURIComponent(tenant)}/`;
}

/** The one file of a tenant's day. */
export function dayKey(tenant: string, day: string): string {
  return `${tenantPrefix(tenant)}day=${day}/behaviors.parquet`;
}

/** Writes one file anew, or takes erased users out of all of them. Either is the same however often it is done. */
export async function writeFiles(work: FileWork, ports: FilePorts): Promise<void> {
  if (work.kind === 'erasure') return takeOutErased(work.tenant_id, ports);
  const { tenant_id, day } = work;
  // A day that went out of the database has its file, and nothing new comes to it.
  const rows = await ports.rowsOf(tenant_id, day);
  if (rows) await replace(dayKey(tenant_id, day), rows, ports);
}

async function takeOutErased(tenant: string, { files, erasedIn }: FilePorts): Promise<void> {
  const isErased = await erasedIn(tenant);
  const prefix = tenantPrefix(tenant);
  for await (const key of files.list(prefix)) {
    if (await has(files.read(key), isErased)) await replace(key, without(files.read(key), isErased), { files });
  }
  await files.removeOlderVersions(prefix);
}

/** A file without rows is none. */
async function replace(key: string, rows: Rows, { files }: Pick<FilePorts, 'files'>): Promise<void> {
  const batches = rows[Symbol.asyncIterator]();
  const first = await batches.next();
  if (first.done) return files.remove(key);
  async function* all() {
    yield first.value as readonly BehaviorFileRow[];
    yield* { [Symbol.asyncIterator]: () => batches };
  }
  await files.write(key, all());
}

async function has(rows: Rows, isErased: (user: string) => boolean): Promise<boolean> {
  for await (const batch of rows) if (batch.some((row) => isErased(String(row[userColumn])))) return true;
  return false;
}

async function* without(rows: Rows, isErased: (user: string) => boolean): AsyncGenerator<readonly BehaviorFileRow[]> {
  for await (const batch of rows) {
    const kept = batch.filter((row) => !isErased(String(row[userColumn])));
    if (kept.length > 0) yield kept;
  }
}
