import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type StorageUnderTest, storageUnderTest } from '../storage-under-test.ts';

let under: StorageUnderTest;

beforeEach(async () => {
  under = await storageUnderTest();
});

afterEach(() => under.remove());

const Bucket = 'raw';

/** A client that signs with this secret, as functions do. */
function client(secretAccessKey = 'local', accessKeyId = 'local'): S3Client {
  return new S3Client({
    endpoint: under.storage.s3Url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}

/** For a body of five bytes. */
function putUrl(s3 = client(), given: object = {}): Promise<string> {
  const command = new PutObjectCommand({ Bucket, Key: 'ein Schlüssel/(1)+b', ContentLength: 5, ...given });
  return getSignedUrl(s3, command, {
    expiresIn: 60,
    unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
  });
}

const put = (url: string, body = 'abcde', headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', body, headers });

async function refusal(response: Response): Promise<string> {
  return `${response.status} ${/<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]}`;
}

test('a presigned URL takes the object it was signed for, and gives it back', async () => {
  const stored = await put(await putUrl());
  const get = new GetObjectCommand({ Bucket, Key: 'ein Schlüssel/(1)+b', ResponseContentType: 'text/csv' });
  const read = await fetch(await getSignedUrl(client(), get, { expiresIn: 60 }));

  expect(stored.status).toBe(200);
  expect([read.status, await read.text(), read.headers.get('content-type')]).toEqual([200, 'abcde', 'text/csv']);
});

test('whoever has another secret, or no key of here, signs nothing', async () => {
  expect(await refusal(await put(await putUrl(client('guessed'))))).toBe('403 SignatureDoesNotMatch');
  expect(await refusal(await put(await putUrl(client('local', 'somebody'))))).toBe('403 InvalidAccessKeyId');
});

test('a URL that was changed is refused: key, length, method, time', async () => {
  const url = await putUrl();
  const get = await getSignedUrl(client(), new GetObjectCommand({ Bucket, Key: 'a' }), { expiresIn: 60 });

  expect(await refusal(await put(url.replace('/raw/', '/plain/')))).toBe('403 SignatureDoesNotMatch');
  expect(await refusal(await put(url, 'abcdef'))).toBe('403 SignatureDoesNotMatch');
  expect(await refusal(await put(get))).toBe('403 SignatureDoesNotMatch');
  expect(await refusal(await put(url.replace('Expires=60', 'Expires=600')))).toBe('403 SignatureDoesNotMatch');
});

test('a URL is of no use after its time, nor with headers that nobody signed', async () => {
  const command = new PutObjectCommand({ Bucket, Key: 'a', ContentLength: 5 });
  const signingDate = new Date(Date.now() - 61_000);
  const late = await getSignedUrl(client(), command, { expiresIn: 60, signingDate });
  const acl = await put(await putUrl(), 'abcde', { 'x-amz-acl': 'private' });

  expect(await refusal(await put(late))).toBe('403 AccessDenied');
  expect(await refusal(acl)).toBe('403 AccessDenied');
  expect(await refusal(await fetch(`${under.storage.s3Url}/raw/a`))).toBe('403 AccessDenied');
});

test('a checksum in the signature is one the body must have', async () => {
  const ChecksumSHA256 = createHash('sha256').update('abcde').digest('base64');
  const url = await putUrl(client(), { ChecksumSHA256 });
  const headers = { 'x-amz-checksum-sha256': ChecksumSHA256 };

  expect((await put(url)).status).toBe(403);
  expect(await refusal(await put(url, 'ABCDE', headers))).toBe('400 BadDigest');
  expect((await put(url, 'abcde', headers)).status).toBe(200);
});

test('a checksum that became a parameter counts as S3 counts it', async () => {
  const s3 = new S3Client({
    endpoint: under.storage.s3Url,
    region: 'us-east-1',
    credentials: client().config.credentials,
  });
  // The default of the SDK signs the checksum of the body that it doesn't have.
  const url = await getSignedUrl(s3, new UploadPartCommand({ Bucket, Key: 'a', UploadId: 'u', PartNumber: 1 }));
  const object = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a' }));

  expect(url).toContain('x-amz-checksum-crc32=AAAAAA');
  expect(await refusal(await put(object))).toBe('400 BadDigest');
});

test('a URL with a signature of version 2 is refused for that', async () => {
  const old = new URL(`${under.storage.s3Url}/${Bucket}/a?AWSAccessKeyId=local&Signature=x&Expires=9999999999`);
  const answer = await fetch(old);

  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('Please use AWS4-HMAC-SHA256.')]);
});
