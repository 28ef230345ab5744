import { columnsOf, type FileRow, folders, userColumn } from './columns.ts';
import { type KeptFrom, pastOf } from './retention.ts';

/** What is to be done with a tenant's files. */
export type FileWork =
  | { readonly kind: 'day'; readonly tenant_id: string; readonly day: string }
  /** What came too late on a day, by the day on which it came. */
  | { readonly kind: 'late'; readonly tenant_id: string; readonly day: string }
  | { readonly kind: 'segments'; readonly tenant_id: string }
  /** Behaviour that scenarios keep no longer. */
  | { readonly kind: 'retention'; readonly tenant_id: string }
  | { readonly kind: 'erasure'; readonly tenant_id: string };

export type FileRows = AsyncIterable<readonly FileRow[]>;

export interface FilePorts {
  /** A tenant's day as the database has it; `undefined` where it keeps that day no longer. */
  readonly rowsOf: (tenant: string, day: string) => Promise<FileRows | undefined>;
  /** What came too late to a tenant on a day; `undefined` where the database has none of it, or no longer. */
  readonly lateRowsOf: (tenant: string, day: string) => Promise<FileRows | undefined>;
  /** How active a tenant's users are. */
  readonly segmentsOf: (tenant: string) => FileRows;
  /** Puts back what the database lacks of a tenant's day; nothing of erased users. */
  readonly restore: (tenant: string, day: string, rows: FileRows) => Promise<void>;
  /** Days before it may have left the database, and be there again with less than their files have. */
  readonly timelyFrom: () => string;
  readonly files: {
    write(key: string, rows: FileRows): Promise<void>;
    read(key: string): FileRows;
    exists(key: string): Promise<boolean>;
    remove(key: string): Promise<void>;
    list(prefix: string): AsyncIterable<string>;
    /** All that is no longer what stands under its key. */
    removeOlderVersions(prefix: string): Promise<void>;
  };
  /** Tells the erased among users of a tenant. */
  readonly erasedIn: (tenant: string) => Promise<(user: string) => boolean>;
  readonly retention: {
    /** How long a tenant's scenarios keep behaviour. */
    keptFrom(tenant: string): Promise<readonly KeptFrom[]>;
    /** Notes that no file holds anything from before. */
    done(tenant: string, limits: readonly KeptFrom[]): Promise<void>;
  };
}

function tenantFolder(folder: string, tenant: string): string {
  return `${folder}/tenant=${encodeURIComponent(tenant)}/`;
}

/** The one file of a tenant's day. */
export function dayKey(tenant: string, day: string): string {
  return `${tenantFolder(folders.behaviors, tenant)}day=${day}/behaviors.parquet`;
}

/** The one file of what came too late to a tenant on a day. */
export function lateKey(tenant: string, day: string): string {
  return `${tenantFolder(folders.late, tenant)}day=${day}/late-behaviors.parquet`;
}

/** The one file of a tenant's users. */
export function segmentsKey(tenant: string): string {
  return `${tenantFolder(folders.segments, tenant)}segments.parquet`;
}

/** Writes one file anew, or takes erased users out of all of them. Either is the same however often it is done. */
export async function writeFiles(work: FileWork, ports: FilePorts): Promise<void> {
  const { tenant_id } = work;
  switch (work.kind) {
    case 'erasure':
      return takeOutErased(tenant_id, ports);
    case 'segments':
      return replace(segmentsKey(tenant_id), ports.segmentsOf(tenant_id), ports);
    case 'retention':
      return takeOutPast(tenant_id, ports);
    case 'late':
      return writeLate(tenant_id, work.day, ports);
    default:
      return writeDay(tenant_id, work.day, ports);
  }
}

/**
 * A day that has left the database has its file, and gets no new rows. Where an import has brought such a day again, its
 * file may have more rows: these go back into the database first, or they would be overwritten.
 */
async function writeDay(tenant: string, day: string, ports: FilePorts): Promise<void> {
  const key = dayKey(tenant, day);
  const isPast = pastOf(await ports.retention.keptFrom(tenant), day);
  const isThere = (await ports.rowsOf(tenant, day)) !== undefined;
  if (isThere && day < ports.timelyFrom() && (await ports.files.exists(key)))
    await ports.restore(tenant, day, without(ports.files.read(key), isPast));
  const rows = await ports.rowsOf(tenant, day);
  if (rows) await replace(key, without(rows, isPast), ports);
}

/** A day that went out of the database has its file: a message that comes again, or is replayed, must not empty it. */
async function writeLate(tenant: string, day: string, ports: FilePorts): Promise<void> {
  const isPast = pastOf(await ports.retention.keptFrom(tenant), day);
  const rows = await ports.lateRowsOf(tenant, day);
  if (rows) await replace(lateKey(tenant, day), without(rows, isPast), ports);
}

/** Each file is looked through once: what is written later holds nothing that is past its retention. */
async function takeOutPast(tenant: string, { files, retention }: FilePorts): Promise<void> {
  const limits = await retention.keptFrom(tenant);
  for (const folder of [folders.behaviors, folders.late]) {
    for await (const key of files.list(tenantFolder(folder, tenant))) {
      const isPast = pastOf(limits.filter(isUnseen(dayOfKey(key))), dayOfKey(key));
      if (!isPast || !(await has(files.read(key), isPast))) continue;
      await replace(key, without(files.read(key), isPast), { files });
      await files.removeOlderVersions(key);
    }
  }
  await retention.done(tenant, limits);
}

const isUnseen =
  (day: string) =>
  ({ seen_until }: KeptFrom) =>
    seen_until === null || day >= seen_until;

const dayOfKey = (key: string) => /\/day=([\d-]+)\//.exec(key)?.[1] ?? '';

async function takeOutErased(tenant: string, { files, erasedIn }: FilePorts): Promise<void> {
  const isErased = await erasedIn(tenant);
  for (const folder of Object.values(folders)) {
    const prefix = tenantFolder(folder, tenant);
    for await (const key of files.list(prefix)) {
      const isNamed = rowsWhere(key, isErased);
      if (await has(files.read(key), isNamed)) await replace(key, without(files.read(key), isNamed), { files });
    }
    await files.removeOlderVersions(prefix);
  }
}

/** Whether a row of a file is of such a user. */
function rowsWhere(key: string, isUser: (user: string) => boolean): (row: FileRow) => boolean {
  const place = userColumn(columnsOf(key));
  return (row) => isUser(String(row[place]));
}

/** A file without rows is none. */
async function replace(key: string, rows: FileRows, { files }: Pick<FilePorts, 'files'>): Promise<void> {
  const batches = rows[Symbol.asyncIterator]();
  const first = await batches.next();
  if (first.done) return files.remove(key);
  async function* all() {
    yield first.value as readonly FileRow[];
    yield* { [Symbol.asyncIterator]: () => batches };
  }
  await files.write(key, all());
}

async function has(rows: FileRows, isNamed: (row: FileRow) => boolean): Promise<boolean> {
  for await (const batch of rows) if (batch.some(isNamed)) return true;
  return false;
}

/** Rows but for those that are meant; all of them where none is. */
export async function* without(
  rows: FileRows,
  isNamed: ((row: FileRow) => boolean) | undefined,
): AsyncGenerator<readonly FileRow[]> {
  if (!isNamed) return yield* rows;
  for await (const batch of rows) {
    const kept = batch.filter((row) => !isNamed(row));
    if (kept.length > 0) yield kept;
  }
}
