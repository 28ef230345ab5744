import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { correlationId } from '#kit/correlation.ts';
import { NotFoundError, UnavailableError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

export interface ObjectOptions {
  readonly contentType?: string;
}

export interface ObjectStore {
  put(key: string, body: string | Uint8Array, options?: ObjectOptions): Promise<void>;
  /** Puts it where nothing is; `false` when something is there, which stays. */
  putNew(key: string, body: string): Promise<boolean>;
  /** Puts it in place of the object of that ETag, or of none (null); `false` when another stands there, which stays. */
  replace(key: string, body: string, etag: string | null, options?: ObjectOptions): Promise<boolean>;
  /** Streams a body of unknown length; nothing stands under the key when the stream fails. */
  upload(key: string, body: AsyncIterable<Uint8Array>, options?: ObjectOptions): Promise<void>;
  /** The bytes as a stream, from the one numbered `from` on (0, which must be there). Throws {@link NotFoundError}. */
  read(key: string, from?: number): Promise<AsyncIterable<Uint8Array>>;
  /** The bytes from `start` to before `end`. Throws {@link NotFoundError}. */
  readRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** The whole object as UTF-8. Throws {@link NotFoundError}. */
  readText(key: string): Promise<string>;
  exists(key: string): Promise<boolean>;
  /** What isn't there is no error. */
  remove(key: string): Promise<void>;
  /** Removes the object of the ETag; `false` where another stands there by now, or none. */
  removeUnchanged(key: string, etag: string): Promise<boolean>;
  /** Keys in order of their UTF-8 bytes. */
  list(prefix: string): AsyncIterable<string>;
}

// S3 takes no part below 5 MiB but the last; 8 MiB allow files to 78 GiB (10,000 parts) and keep two parts in memory.
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 2;

const client = once(() => {
  const s3 = new S3Client({});
  // Outside of the SDK's own tries, and around each of an upload's parts.
  s3.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        throw outage(error) ?? error;
      }
    },
    { step: 'initialize' },
  );
  return s3;
});

/** S3 answers HEAD without a body, and the SDK calls what it can't read "UnknownError": the status says more. */
function outage(error: unknown): UnavailableError | undefined {
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: string };
  const status = $metadata?.httpStatusCode;
  if (status !== undefined && status >= 500) return new UnavailableError(`S3 answered ${status}`, { cause: error });
  if (!/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/.test(code ?? '')) return undefined;
  return new UnavailableError(`S3 is not reachable (${code})`, { cause: error });
}

/** One bucket. While S3 is away every operation throws an {@link UnavailableError}. */
export function objectStore(bucket: string): ObjectStore {
  return {
    async put(key, body, options) {
      await client().send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          // Of an empty body the SDK would say that it knows no length.
          ContentLength: Buffer.byteLength(body),
          ContentType: options?.contentType,
          Metadata: origin(),
        }),
      );
    },
    putNew: (Key, body) => putIf({ Bucket: bucket, Key, IfNoneMatch: '*' }, body),
    replace: (...given) => replace(bucket, ...given),
    async upload(key, body, options) {
      const params = {
        Bucket: bucket,
        Key: key,
        Body: Readable.from(body),
        ContentType: options?.contentType,
        Metadata: origin(),
      };
      await new Upload({ client: client(), params, partSize: partBytes, queueSize: partsAtOnce }).done();
    },
    read: (key, from = 0) => open(bucket, key, from === 0 ? undefined : `bytes=${from}-`),
    // HTTP names the last byte of a range, not the first after it.
    readRange: async (key, start, end) =>
      start === end ? new Uint8Array() : whole(await open(bucket, key, `bytes=${start}-${end - 1}`)),
    readText: async (key) => (await whole(await open(bucket, key))).toString('utf8'),
    exists: (key) => exists(bucket, key),
    remove: (key) => remove(bucket, key),
    removeUnchanged: (Key, IfMatch) =>
      whereUnchanged({ IfMatch }, new DeleteObjectCommand({ Bucket: bucket, Key, IfMatch })),
    list: (prefix) => list(bucket, prefix),
  };
}

async function* list(Bucket: string, Prefix: string): AsyncGenerator<string> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client: client() }, { Bucket, Prefix }))
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
}

/** Which work wrote an object: as `x-amz-meta-correlation-id`. */
function origin(): Record<string, string> | undefined {
  const id = correlationId();
  return id === undefined ? undefined : { 'correlation-id': id };
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks));
}

function replace(Bucket: string, ...[Key, body, etag, options]: Parameters<ObjectStore['replace']>): Promise<boolean> {
  const condition = etag === null ? { IfNoneMatch: '*' } : { IfMatch: etag };
  return putIf({ Bucket, Key, ContentType: options?.contentType, ...condition }, body);
}

function putIf(place: PutObjectCommandInput, Body: string): Promise<boolean> {
  // Of an empty body the SDK would say that it knows no length.
  const ContentLength = Buffer.byteLength(Body);
  return whereUnchanged(place, new PutObjectCommand({ ...place, Body, ContentLength, Metadata: origin() }));
}

/** Sends a write under a condition; `false` where that does not hold. */
async function whereUnchanged(
  condition: Pick<PutObjectCommandInput, 'IfMatch'>,
  command: PutObjectCommand | DeleteObjectCommand,
): Promise<boolean> {
  try {
    await (command instanceof PutObjectCommand ? client().send(command) : client().send(command));
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && isTaken(error, condition)) return false;
    throw error;
  }
}

/** Source: S3 User Guide, "How to prevent object overwrites with conditional writes" and "How to perform conditional deletes": what is meant may be gone, too. */
function isTaken({ name }: S3ServiceException, { IfMatch }: Pick<PutObjectCommandInput, 'IfMatch'>): boolean {
  if (name === 'PreconditionFailed') return true;
  return IfMatch !== undefined && (name === 'NoSuchKey' || name === 'ConditionalRequestConflict');
}

async function open(bucket: string, key: string, range?: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const { Body } = await client().send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
    if (!(Body instanceof Readable)) throw new NotFoundError(`s3://${bucket}/${key} has no body`);
    return Body;
  } catch (error) {
    if (error instanceof NoSuchKey) throw new NotFoundError(`s3://${bucket}/${key} doesn't exist`, { cause: error });
    throw error;
  }
}

async function remove(Bucket: string, Key: string): Promise<void> {
  await client().send(new DeleteObjectCommand({ Bucket, Key }));
}

async function exists(bucket: string, key: string): Promise<boolean> {
  try {
    await client().send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
