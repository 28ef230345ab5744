import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObjectCreated } from '../../src/services/storage.ts';
import { testCredentials } from '../support/aws.ts';
import { type StorageUnderTest, storageUnderTest } from './storage-under-test.ts';

let under: StorageUnderTest;

const Bucket = 'raw';

beforeEach(async () => {
  under = await storageUnderTest();
});

afterEach(() => under.remove());

test('each way of making an object is told, once it can be read', async () => {
  const told: ObjectCreated[] = [];
  const contents: string[] = [];
  under.storage.onObjectCreated(async (created) => {
    told.push(created);
    contents.push(await under.read(created.key));
  });
  await under.s3.send(new PutObjectCommand({ Bucket, Key: 'put', Body: 'abc' }));
  await under.s3.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/put` }));
  const upload = new Upload({ client: under.s3, params: { Bucket, Key: 'parts', Body: Readable.from(['abcd']) } });
  await upload.done();
  const { UploadId } = await under.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
  await under.s3.send(new UploadPartCommand({ Bucket, Key: 'unfinished', UploadId, PartNumber: 1, Body: 'part' }));
  while (contents.length < 3) await sleep(10);

  expect(told.map(({ key, size }) => [key, size])).toEqual([
    ['put', 3],
    ['copied', 3],
    ['parts', 4],
  ]);
  expect(told[0]?.versionId).toBeDefined();
  expect(contents).toEqual(['abc', 'abc', 'abcd']);
});

test('an event that its listener could not take is told again', async () => {
  let calls = 0;
  under.storage.onObjectCreated(async () => {
    calls += 1;
    if (calls === 1) throw new Error('the database is not up yet');
  });
  await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
  while (calls < 2) await sleep(50);

  expect(calls).toBe(2);
});

test('what is not supported says its name and does nothing', async () => {
  await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
  const holding = under.s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'a', LegalHold: { Status: 'ON' } }));
  await expect(holding).rejects.toMatchObject({ name: 'NotImplemented', message: /^PutObjectLegalHold/ });
  const put = { Bucket, Key: 'a', Body: 'new', WebsiteRedirectLocation: '/b' };
  const withRedirect = under.s3.send(new PutObjectCommand(put));
  await expect(withRedirect).rejects.toMatchObject({ message: /^PutObject with x-amz-website-redirect-location/ });
  const bucket = under.s3.send(new CreateBucketCommand({ Bucket: 'other' }));
  await expect(bucket).rejects.toMatchObject({ message: /^CreateBucket/ });

  expect(await under.read('a')).toBe('abc');
});

test('a service that refuses answers 503 for a while', async () => {
  under.storage.refuse('s3', 300);
  const refused = under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
  await expect(refused).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  await sleep(350);

  await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
});

test('a page of another site may do what a CORS rule of the bucket says, and nothing else', async () => {
  const asked = async (bucket: string, origin: string, method = 'PUT', headers = 'content-type,x-amz-date') => {
    const answer = await fetch(`${under.storage.s3Url}/${bucket}/a`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    });
    return [answer.status, answer.headers.get('access-control-allow-origin')];
  };
  const page = 'https://pages.example.com';

  expect(await asked('plain', page)).toEqual([204, page]);
  expect(await asked('raw', page)).toEqual([403, null]);
  expect(await asked('plain', page, 'DELETE')).toEqual([403, null]);
  expect(await asked('plain', page, 'PUT', 'authorization')).toEqual([403, null]);
  for (const origin of ['https://elsewhere.example', 'null', `${page}.elsewhere.example`])
    expect(await asked('plain', origin)).toEqual([403, null]);
});

test('an upload that breaks off leaves no object and no file', async () => {
  const s3 = new S3Client({
    endpoint: under.storage.s3Url,
    region: 'us-east-1',
    credentials: testCredentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'a' }));
  const upload = request(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } });
  const closed = once(upload, 'error');
  upload.write(Buffer.alloc(100_000));
  await sleep(50);
  upload.destroy(new Error('gone'));
  await closed;

  await expect(under.read('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  const files = async () =>
    (await readdir(join(under.directory, 's3', 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
  await expect.poll(files, { timeout: 300_000 }).toEqual([]);
});

test('objects are there after a stop and a start', async () => {
  await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc', Metadata: { source: 'moi' } }));
  await under.storage.stop();
  under.s3.destroy();
  await under.start();

  expect(await under.read('a')).toBe('abc');
});
