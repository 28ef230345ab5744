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

// What the sender has to say in headers of its own. Of a part the type is left out: the SDK would sign one of its own.
const saidByHeaders = {
  signableHeaders: new Set(['content-type']),
  unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
};

/** Signs requests to one bucket. What the signature covers S3 insists on: sizes, types and checksums are among it. */
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
