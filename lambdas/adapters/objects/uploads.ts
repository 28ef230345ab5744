import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  NoSuchUpload,
  NotFound,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { InvalidInputError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

/** A part that the bucket has. */
export interface UploadedPart {
  readonly number: number;
  readonly bytes: number;
  readonly etag: string;
}

export interface UploadedObject {
  readonly bytes: number;
  /** Hexadecimal; only of an object in one piece whose sender promised it: S3 has compared it. */
  readonly sha256: string | undefined;
}

export interface BucketUploads {
  /** Begins an upload in parts and returns its id. */
  begin(key: string, contentType: string): Promise<string>;
  /** Of the `count` parts from number `from` on those that have arrived; none of an upload that is over. */
  received(
    key: string,
    uploadId: string,
    range: { readonly from: number; readonly count: number },
  ): Promise<readonly UploadedPart[]>;
  /** Throws {@link InvalidInputError} for parts that haven't arrived so. An upload that is over already is no error. */
  complete(
    key: string,
    uploadId: string,
    parts: readonly { readonly number: number; readonly etag: string }[],
  ): Promise<void>;
  /** An upload that is over already is no error. */
  abort(key: string, uploadId: string): Promise<void>;
  /** `undefined` when no object is there. */
  facts(key: string): Promise<UploadedObject | undefined>;
  remove(key: string): Promise<void>;
}

const client = once(() => new S3Client({}));

/** Uploads to one bucket that callers make themselves. */
export function bucketUploads(Bucket: string): BucketUploads {
  return {
    async begin(Key, ContentType) {
      const { UploadId } = await client().send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType }));
      if (UploadId === undefined) throw new Error(`S3 gave the upload of ${Key} no id`);
      return UploadId;
    },
    received: (Key, UploadId, range) => received({ Bucket, Key, UploadId }, range),
    async complete(Key, UploadId, parts) {
      const Parts = parts.map(({ number: PartNumber, etag }) => ({ PartNumber, ETag: etag }));
      await unlessOver(
        client().send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } })),
      );
    },
    async abort(Key, UploadId) {
      await unlessOver(client().send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
    },
    facts: (Key) => facts({ Bucket, Key }),
    async remove(Key) {
      await client().send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}

type UploadName = { readonly Bucket: string; readonly Key: string; readonly UploadId: string };

async function received(name: UploadName, { from, count }: { readonly from: number; readonly count: number }) {
  // S3 lists at most 1,000, in order.
  const command = new ListPartsCommand({
    ...name,
    PartNumberMarker: String(from - 1),
    MaxParts: Math.min(count, 1000),
  });
  const { Parts = [] } = (await unlessOver(client().send(command))) ?? {};
  return Parts.flatMap(({ PartNumber: number = 0, Size: bytes = 0, ETag: etag = '' }) =>
    number < from + count ? [{ number, bytes, etag }] : [],
  );
}

const refusals = new Set(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML']);

async function unlessOver<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof NoSuchUpload) return undefined;
    if (error instanceof S3ServiceException && refusals.has(error.name)) {
      throw new InvalidInputError({ json: { parts: [error.message] } });
    }
    throw error;
  }
}

async function facts(name: { readonly Bucket: string; readonly Key: string }): Promise<UploadedObject | undefined> {
  try {
    const command = new HeadObjectCommand({ ...name, ChecksumMode: 'ENABLED' });
    const { ContentLength: bytes = 0, ChecksumSHA256, ChecksumType } = await client().send(command);
    // That of an object in parts would be one of the parts' checksums.
    const whole = ChecksumType === 'COMPOSITE' ? undefined : ChecksumSHA256;
    return { bytes, sha256: whole === undefined ? undefined : Buffer.from(whole, 'base64').toString('hex') };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
