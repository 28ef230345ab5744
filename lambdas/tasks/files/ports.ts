import type { FileRow } from './file-row.ts';

/** A request that its holder may make for a while, with just these headers. */
export interface SignedRequest {
  readonly method: 'GET' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests straight to the bucket, for callers. */
export interface SignRequests {
  /** How long they count. */
  readonly seconds: number;
  /** Takes just so many bytes, once, and only those of the hash where there is one. */
  put(
    key: string,
    body: { readonly bytes: number; readonly contentType: string; readonly sha256: string | undefined },
  ): Promise<SignedRequest>;
  part(
    key: string,
    part: { readonly uploadId: string; readonly number: number; readonly bytes: number },
  ): Promise<SignedRequest>;
  get(key: string, as: { readonly name: string; readonly contentType: string }): Promise<SignedRequest>;
}

/** A part that the bucket has. */
export interface ReceivedPart {
  readonly number: number;
  readonly bytes: number;
  readonly etag: string;
}

/** What the bucket says of an object. */
export interface ObjectFacts {
  readonly bytes: number;
  /** Hexadecimal; only where the bucket has compared it itself. */
  readonly sha256: string | undefined;
}

/** Uploads in the bucket. */
export interface Uploads {
  begin(key: string, contentType: string): Promise<string>;
  received(
    key: string,
    uploadId: string,
    range: { readonly from: number; readonly count: number },
  ): Promise<readonly ReceivedPart[]>;
  /** Throws InvalidInputError for parts that the bucket hasn't, and nothing for an upload that is complete already. */
  complete(
    key: string,
    uploadId: string,
    parts: readonly { readonly number: number; readonly etag: string }[],
  ): Promise<void>;
  abort(key: string, uploadId: string): Promise<void>;
  facts(key: string): Promise<ObjectFacts | undefined>;
  remove(key: string): Promise<void>;
}

/** How far a file was read. */
export interface HashProgress {
  readonly bytes: number;
  /** `undefined` at the beginning. */
  readonly state: Uint8Array | undefined;
}

/** The rows of files. */
export interface FileBook {
  add(file: Omit<FileRow, 'state' | 'reason' | 'completedAt'>): Promise<void>;
  /** Of any owner. */
  find(id: string): Promise<FileRow | undefined>;
  /** From `uploading`: complete, or complete but for the check of its hash. False: another call has settled it. */
  complete(
    id: string,
    as: { readonly state: 'ready' | 'verifying'; readonly at: Date; readonly expiresAt: Date },
  ): Promise<boolean>;
  /** From `verifying`. */
  verified(id: string): Promise<void>;
  /** From any state but the last two. */
  giveUp(id: string, as: { readonly state: 'refused' | 'expired'; readonly reason: string }): Promise<void>;
  /** Files whose time was over at this moment. */
  overdue(at: Date, limit: number): Promise<readonly FileRow[]>;
  /** Forgets files without content whose time was over at this moment; returns how many those were. */
  forget(before: Date): Promise<number>;
  hashProgress(id: string): Promise<HashProgress>;
  keepHash(id: string, progress: { readonly bytes: number; readonly state: Uint8Array }): Promise<void>;
}
