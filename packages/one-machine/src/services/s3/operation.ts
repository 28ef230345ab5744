import type { IncomingHttpHeaders } from 'node:http';
import { notImplemented } from './errors.ts';

/** The operations that are served; every other one is refused by its name. */
const served = {
  'GET service': 'ListBuckets',
  'HEAD bucket': 'HeadBucket',
  'GET bucket location': 'GetBucketLocation',
  'GET bucket versioning': 'GetBucketVersioning',
  'GET bucket': 'ListObjects',
  'GET bucket list-type': 'ListObjectsV2',
  'GET bucket versions': 'ListObjectVersions',
  'GET bucket uploads': 'ListMultipartUploads',
  'POST bucket delete': 'DeleteObjects',
  'GET object': 'GetObject',
  'HEAD object': 'HeadObject',
  'GET object attributes': 'GetObjectAttributes',
  'GET object tagging': 'GetObjectTagging',
  'PUT object tagging': 'PutObjectTagging',
  'DELETE object tagging': 'DeleteObjectTagging',
  'PUT object': 'PutObject',
  'DELETE object': 'DeleteObject',
  'POST object uploads': 'CreateMultipartUpload',
  'PUT object uploadId': 'UploadPart',
  'GET object uploadId': 'ListParts',
  'POST object uploadId': 'CompleteMultipartUpload',
  'DELETE object uploadId': 'AbortMultipartUpload',
} as const;

/** The name of an operation that is served. */
export type Operation = (typeof served)[keyof typeof served] | 'CopyObject' | 'UploadPartCopy';

// Operations whose names don't follow from method and parameter.
const unserved: Readonly<Record<string, string>> = {
  'PUT bucket': 'CreateBucket',
  'DELETE bucket': 'DeleteBucket',
  'POST bucket': 'PostObject',
  'POST object select': 'SelectObjectContent',
  'PUT object renameObject': 'RenameObject',
};

// Parameters that qualify an operation; every other one chooses it.
const qualifiers = new Set(
  `prefix delimiter marker max-keys max-buckets bucket-region continuation-token start-after encoding-type fetch-owner key-marker version-id-marker
   upload-id-marker max-uploads max-parts part-number-marker partNumber versionId x-id
   response-content-type response-content-language response-expires response-cache-control
   response-content-disposition response-content-encoding`.split(/\s+/),
);

// Headers that would change what is stored or who may read it; ignoring them would be quietly wrong.
const refusedHeaders = [
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-copy-source-server-side-encryption-customer-algorithm',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
  'x-amz-expected-bucket-owner',
  'x-amz-source-expected-bucket-owner',
  'x-amz-grant-read',
  'x-amz-grant-full-control',
  'x-amz-grant-read-acp',
  'x-amz-grant-write-acp',
];

const harmlessValues: Readonly<Record<string, readonly string[]>> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control'],
  'x-amz-storage-class': ['STANDARD'],
};

/** Where a request goes. */
export interface Target {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Names the operation, or throws NotImplemented with the name it has on S3. */
export function operationOf(target: Target, headers: IncomingHttpHeaders): Operation {
  const scope = target.bucket === '' ? 'service' : target.key === '' ? 'bucket' : 'object';
  const selectors = [...target.query.keys()].filter((name) => !qualifiers.has(name) && !/^x-amz-/i.test(name));
  const wanted = [target.method, scope, ...new Set(selectors)].join(' ');
  const copies = target.method === 'PUT' && 'x-amz-copy-source' in headers;
  const operation = Object.hasOwn(served, wanted) ? served[wanted as keyof typeof served] : undefined;

  if (!operation) throw notImplemented(unserved[wanted] ?? nameOf(target.method, scope, selectors));
  if (!['UploadPart', 'GetObject', 'HeadObject'].includes(operation) && target.query.has('partNumber'))
    throw notImplemented(`${operation} with partNumber`);
  refuseHeaders(operation, headers);
  return copies ? (operation === 'UploadPart' ? 'UploadPartCopy' : 'CopyObject') : operation;
}

/** Refuses what would change what is stored, or who may read it, in a way that isn't done here. */
export function refuseHeaders(operation: string, headers: IncomingHttpHeaders): void {
  for (const name of refusedHeaders) if (name in headers) throw notImplemented(`${operation} with ${name}`);
  for (const [name, values] of Object.entries(harmlessValues)) {
    const value = headers[name];
    if (value !== undefined && !values.includes(String(value))) {
      throw notImplemented(`${operation} with ${name}: ${value}`);
    }
  }
}

/** `PUT object tagging` is PutObjectTagging. */
function nameOf(method: string, scope: string, selectors: readonly string[]): string {
  const words = [method.toLowerCase(), scope, ...selectors.flatMap((selector) => selector.split('-'))];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
