import { randomBytes } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { StoredChecksum } from '../transfer/body.ts';
import type { Segment } from './blobs.ts';
import type { Bucket } from './bucket.ts';
import { Outbox } from './outbox.ts';
import { schema } from './schema.ts';
import { Uploads } from './uploads.ts';

/** What is known of an object beside its bytes. */
export interface Description {
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Content type, user metadata and the like, as they are sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: StoredChecksum | undefined;
  readonly segments: readonly Segment[];
}

/** One version of one key; a delete marker has no segments. */
export interface StoredObject extends Description {
  readonly key: string;
  /** `null` in a bucket without versions. */
  readonly version: string;
  readonly latest: boolean;
  readonly deleted: boolean;
  readonly modified: Date;
  /** `a=1&b=2`, as the header that gave them; empty without any. */
  readonly tags: string;
}

/** Whether a text can be a version's id: `null`, or one of ours. */
export function isVersion(text: string): boolean {
  return /^(null|[0-9a-f]{32})$/.test(text);
}

type Row = Record<string, SQLInputValue>;

const columns = 'key, version, latest, deleted, size, etag, modified, headers, checksum, segments';

/**
 * Which objects there are: one SQLite file, so that an object, the end of its upload and its event appear together or
 * not at all. Every method is synchronous: between two awaits no other code changes anything.
 */
export class Catalogue {
  readonly uploads: Uploads;
  readonly outbox: Outbox;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // FULL: a commit is on the disk, so what was answered with 200 survives a power cut.
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    this.#database.exec(schema);
    const prepare = (sql: string) => this.#prepare(sql);
    this.uploads = new Uploads(prepare);
    this.outbox = new Outbox(prepare, (work) => this.#unsynced(work));
  }

  close(): void {
    this.#database.close();
  }

  /** Remembers when a bucket came; one that is known keeps its date. */
  addBucket(name: string, created: Date): void {
    this.#prepare('insert or ignore into buckets (name, created) values (?, ?)').run(name, created.getTime());
  }

  /** When a bucket came. */
  bucketCreated(name: string): Date {
    return new Date(Number(this.#prepare('select created from buckets where name = ?').get(name)?.created));
  }

  /** All or nothing. */
  transaction<R>(work: () => R): R {
    this.#database.exec('begin immediate');
    try {
      const result = work();
      this.#database.exec('commit');
      return result;
    } catch (error) {
      this.#database.exec('rollback');
      throw error;
    }
  }

  /** In WAL mode a commit waits for the disk only when it is FULL. Source: SQLite manual, "PRAGMA synchronous". */
  #unsynced(work: () => void): void {
    this.#database.exec('pragma synchronous = normal');
    try {
      work();
    } finally {
      this.#database.exec('pragma synchronous = full');
    }
  }

  /** The newest version, or the one named; also a delete marker. */
  find(bucket: string, key: string, version?: string): StoredObject | undefined {
    const row = version
      ? this.#prepare(`select ${columns} from objects where bucket = ? and key = ? and version = ?`).get(
          bucket,
          key,
          version,
        )
      : this.#prepare(`select ${columns} from objects where bucket = ? and key = ? and latest = 1`).get(bucket, key);
    return row && readObject(row);
  }

  /** The newest version becomes this one; in a bucket without versions it replaces, and the blobs to remove come back. */
  put(bucket: Bucket, key: string, description: Description): { object: StoredObject; garbage: string[] } {
    return this.#insert(bucket, key, description, false);
  }

  /** A delete marker in a versioned bucket, else the object is gone. */
  remove(bucket: Bucket, key: string): { marker: StoredObject | undefined; garbage: string[] } {
    if (!bucket.versioned) return { marker: undefined, garbage: this.removeVersion(bucket, key, 'null').garbage };
    const nothing = { size: 0, etag: '', headers: {}, checksum: undefined, segments: [] };
    const { object, garbage } = this.#insert(bucket, key, nothing, true);
    return { marker: object, garbage };
  }

  /** One version for good; the newest of the others becomes the latest. */
  removeVersion(
    bucket: Bucket,
    key: string,
    version: string,
  ): { removed: StoredObject | undefined; garbage: string[] } {
    const removed = this.find(bucket.name, key, version);
    if (!removed) return { removed, garbage: [] };
    this.#prepare('delete from objects where bucket = ? and key = ? and version = ?').run(bucket.name, key, version);
    if (removed.latest) {
      this.#prepare(
        `update objects set latest = 1 where sequence =
           (select max(sequence) from objects where bucket = ? and key = ?)`,
      ).run(bucket.name, key);
    }
    return { removed, garbage: removed.segments.map(({ blob }) => blob) };
  }

  /** The same bytes in one blob; `false` where the version has gone or its bytes lie elsewhere by now. */
  rejoin(bucket: string, { key, version, segments }: StoredObject, joined: Segment): boolean {
    const { changes } = this.#prepare(
      'update objects set segments = ? where bucket = ? and key = ? and version = ? and segments = ?',
    ).run(JSON.stringify([joined]), bucket, key, version, JSON.stringify(segments));
    return changes > 0;
  }

  /** Gives a version other tags. */
  setTags(bucket: string, { key, version, headers }: StoredObject, tags: string): void {
    this.#prepare('update objects set headers = ? where bucket = ? and key = ? and version = ?').run(
      JSON.stringify({ ...headers, ...tagHeader(tags) }),
      bucket,
      key,
      version,
    );
  }

  /** The first object in the order of keys (by their UTF-8 bytes) after `after` and below `before`. */
  next(bucket: string, range: { from: string; after: string; before: string }): StoredObject | undefined {
    const row = this.#prepare(
      `select ${columns} from objects
        where bucket = ? and latest = 1 and deleted = 0 and key >= ? and key > ? and key < ? order by key limit 1`,
    ).get(bucket, range.from, range.after, range.before);
    return row && readObject(row);
  }

  /** All versions in the order of keys, newest first, after the one named by the markers. */
  versions(bucket: string, prefix: string, after: { key: string; version: string }, limit: number): StoredObject[] {
    const rows = this.#prepare(
      `select ${columns} from objects o
        where bucket = :bucket and substr(key, 1, length(:prefix)) = :prefix
          and (key > :key or (key = :key and sequence <
               (select sequence from objects where bucket = :bucket and key = :key and version = :version)))
        order by key, sequence desc limit :limit`,
    ).all({ bucket, prefix, key: after.key, version: after.version, limit });
    return rows.map(readObject);
  }

  /** The names of all blobs that something refers to. */
  blobs(): Set<string> {
    const rows = this.#prepare('select segments from objects').all();
    const segments = rows.flatMap(({ segments }) => JSON.parse(String(segments)) as Segment[]);
    return new Set([...segments.map(({ blob }) => blob), ...this.uploads.blobs()]);
  }

  #insert(bucket: Bucket, key: string, description: Description, deleted: boolean) {
    const version = bucket.versioned ? randomBytes(16).toString('hex') : 'null';
    const garbage = bucket.versioned ? [] : this.removeVersion(bucket, key, version).garbage;
    this.#prepare('update objects set latest = 0 where bucket = ? and key = ? and latest = 1').run(bucket.name, key);
    const { [tagging]: tags = '', ...headers } = description.headers;
    const object = { ...description, headers, tags, key, version, latest: true, deleted, modified: new Date() };
    this.#prepare(
      `insert into objects (bucket, key, version, latest, deleted, size, etag, modified, headers, checksum, segments)
       values (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      bucket.name,
      key,
      version,
      deleted ? 1 : 0,
      object.size,
      object.etag,
      object.modified.getTime(),
      JSON.stringify(description.headers),
      object.checksum ? JSON.stringify(object.checksum) : null,
      JSON.stringify(object.segments),
    );
    return { object, garbage };
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Tags are kept among the headers, and are none of those that are given back. */
const tagging = 'x-amz-tagging';

/** The header that gives an object these tags. */
export function tagHeader(tags: string): Record<string, string> {
  return tags === '' ? {} : { [tagging]: tags };
}

function readObject(row: Row): StoredObject {
  const { [tagging]: tags = '', ...headers } = JSON.parse(String(row.headers)) as Record<string, string>;
  return {
    key: String(row.key),
    version: String(row.version),
    latest: row.latest === 1,
    deleted: row.deleted === 1,
    size: Number(row.size),
    etag: String(row.etag),
    modified: new Date(Number(row.modified)),
    headers,
    tags,
    checksum: row.checksum ? (JSON.parse(String(row.checksum)) as StoredChecksum) : undefined,
    segments: JSON.parse(String(row.segments)) as Segment[],
  };
}
