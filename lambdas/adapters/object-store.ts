import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
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
    putNew: (key, body) => putNew(bucket, key, body),
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
    async *list(prefix) {
      for await (const page of paginateListObjectsV2({ client: client() }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      }
    },
  };
}

/** Which work wrote an object: as `x-amz-meta-correlation-id`. */
function origin(): Record<string, string> | undefined {
  const id = correlationId();
  return id === undefined ? undefined : { 'correlation-id': id };
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks));
}

async function putNew(Bucket: string, Key: string, Body: string): Promise<boolean> {
  try {
    // Of an empty body the SDK would say that it knows no length.
    const ContentLength = Buffer.byteLength(Body);
    await client().send(
      new PutObjectCommand({ Bucket, Key, Body, ContentLength, IfNoneMatch: '*', Metadata: origin() }),
    );
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'PreconditionFailed') return false;
    throw error;
  }
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
