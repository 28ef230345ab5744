import { randomBytes } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { StoredChecksum } from '../transfer/body.ts';
import type { UploadChecksum } from '../transfer/upload-checksums.ts';

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: UploadChecksum | undefined;
  readonly started: Date;
}

/** One received part. */
export interface Part {
  readonly number: number;
  readonly size: number;
  /** Without quotes; the MD5 of the part. */
  readonly etag: string;
  readonly checksum: StoredChecksum | undefined;
  readonly blob: string;
  readonly modified: Date;
}

/** Uploads in progress, in the catalogue's database. They stay until a client completes or aborts them, as on S3. */
export class Uploads {
  readonly #prepare: (sql: string) => StatementSync;

  constructor(prepare: (sql: string) => StatementSync) {
    this.#prepare = prepare;
  }

  /** Begins an upload and returns its id. */
  start(bucket: string, key: string, { headers, checksum }: Pick<Upload, 'headers' | 'checksum'>): string {
    const id = randomBytes(24).toString('hex');
    this.#prepare('insert into uploads (id, bucket, key, headers, started) values (?, ?, ?, ?, ?)').run(
      id,
      bucket,
      key,
      JSON.stringify({ ...headers, ...(checksum ? uploadHeaders(checksum) : {}) }),
      Date.now(),
    );
    return id;
  }

  find(id: string, bucket: string, key: string): Upload | undefined {
    const row = this.#prepare('select * from uploads where id = ? and bucket = ? and key = ?').get(id, bucket, key);
    return row && readUpload(row);
  }

  /** The uploads of a bucket, in the order of keys. */
  list(bucket: string): Upload[] {
    return this.#prepare('select * from uploads where bucket = ? order by key, started').all(bucket).map(readUpload);
  }

  /** Keeps a part; the blob of one sent earlier under the same number comes back to be removed. */
  putPart(upload: string, part: Part): string[] {
    const earlier = this.#prepare('select blob from parts where upload = ? and number = ?').get(upload, part.number);
    this.#prepare(
      'insert or replace into parts (upload, number, size, etag, checksum, blob, modified) values (?, ?, ?, ?, ?, ?, ?)',
    ).run(
      upload,
      part.number,
      part.size,
      part.etag,
      part.checksum ? JSON.stringify(part.checksum) : null,
      part.blob,
      part.modified.getTime(),
    );
    return earlier ? [String(earlier.blob)] : [];
  }

  parts(upload: string): Part[] {
    return this.#prepare('select * from parts where upload = ? order by number').all(upload).map(readPart);
  }

  /** Forgets the upload and its parts, not their blobs. */
  end(id: string): void {
    this.#prepare('delete from uploads where id = ?').run(id);
  }

  /** The blobs of all parts. */
  blobs(): string[] {
    return this.#prepare('select blob from parts')
      .all()
      .map(({ blob }) => String(blob));
  }
}

/** How S3 tells of an upload's checksum, and how it is kept beside the object's headers. */
export function uploadHeaders({ name, type }: UploadChecksum): Record<string, string> {
  return { 'x-amz-checksum-algorithm': name.toUpperCase(), 'x-amz-checksum-type': type };
}

type Row = Record<string, unknown>;

function readUpload(row: Row): Upload {
  const {
    'x-amz-checksum-algorithm': algorithm,
    'x-amz-checksum-type': type,
    ...headers
  } = JSON.parse(String(row.headers)) as Record<string, string>;
  const name = algorithm?.toLowerCase() as UploadChecksum['name'] | undefined;
  return {
    id: String(row.id),
    bucket: String(row.bucket),
    key: String(row.key),
    headers,
    checksum: name && { name, type: type as UploadChecksum['type'] },
    started: new Date(Number(row.started)),
  };
}

function readPart(row: Row): Part {
  return {
    number: Number(row.number),
    size: Number(row.size),
    etag: String(row.etag),
    checksum: row.checksum ? (JSON.parse(String(row.checksum)) as StoredChecksum) : undefined,
    blob: String(row.blob),
    modified: new Date(Number(row.modified)),
  };
}
