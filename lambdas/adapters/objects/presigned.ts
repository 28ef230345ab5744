import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { once } from '#kit/once.ts';

/** A request straight to a bucket, made with exactly these headers. */
export interface PresignedRequest {
  readonly method: 'GET' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Presigner {
  /** How long a request counts; shorter where the credentials of the function end before. */
  readonly seconds: number;
  /** Puts an object where none is: of just so many bytes, and of this SHA-256 (hexadecimal) where one is given. */
  put(
    key: string,
    body: { readonly bytes: number; readonly contentType: string; readonly sha256: string | undefined },
  ): Promise<PresignedRequest>;
  part(
    key: string,
    part: { readonly uploadId: string; readonly number: number; readonly bytes: number },
  ): Promise<PresignedRequest>;
  /** Read as a file of this name, never shown in a browser. */
  get(key: string, as: { readonly name: string; readonly contentType: string }): Promise<PresignedRequest>;
}

// By default the SDK signs the checksum of the body it has, which is empty here: S3 would refuse every real one.
const client = once(() => new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }));

// Headers that the sender must send. A part has no type among them: the SDK would sign one of its own.
const saidByHeaders = {
  signableHeaders: new Set(['content-type']),
  unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
};

/** Signs requests to one bucket. S3 insists on what the signature covers: sizes, types and checksums too. */
export function presigner(Bucket: string, seconds: number): Presigner {
  const options = { expiresIn: seconds };
  return {
    seconds,
    async put(Key, { bytes: ContentLength, contentType: ContentType, sha256 }) {
      const headers: Record<string, string> = { 'content-type': ContentType, 'if-none-match': '*' };
      const command = new PutObjectCommand({ Bucket, Key, ContentLength, ContentType, IfNoneMatch: '*' });
      if (sha256 !== undefined) {
        command.input.ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
        headers['x-amz-checksum-sha256'] = command.input.ChecksumSHA256;
      }
      return { method: 'PUT', url: await getSignedUrl(client(), command, { ...options, ...saidByHeaders }), headers };
    },
    async part(Key, { uploadId: UploadId, number: PartNumber, bytes: ContentLength }) {
      const command = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, ContentLength });
      return { method: 'PUT', url: await getSignedUrl(client(), command, options), headers: {} };
    },
    async get(Key, { name, contentType: ResponseContentType }) {
      const ResponseContentDisposition = `attachment; filename*=UTF-8''${encodeName(name)}`;
      const command = new GetObjectCommand({ Bucket, Key, ResponseContentType, ResponseContentDisposition });
      return { method: 'GET', url: await getSignedUrl(client(), command, options), headers: {} };
    },
  };
}

/** RFC 5987: encodeURIComponent leaves out four characters. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

const origins = new Map<string, readonly string[]>();

/** Where presigned requests to a bucket go, as the policy of a page names it; signed once, for each page is many files. */
export async function originsOf(Bucket: string): Promise<readonly string[]> {
  const known = origins.get(Bucket);
  if (known) return known;
  const url = await getSignedUrl(client(), new GetObjectCommand({ Bucket, Key: 'any' }));
  const found = [new URL(url).origin];
  origins.set(Bucket, found);
  return found;
}
