import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ObjectCreated, type Storage, startStorage } from '../../../local/services/storage.ts';

let directory: string;
let storage: Storage;
let s3: S3Client;

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const Bucket = 'raw';

async function start(): Promise<void> {
  const buckets = [
    { name: 'raw', versioned: true },
    { name: 'plain', versioned: false },
  ];
  storage = await startStorage({ directory, buckets, queues: [] });
  s3 = new S3Client({ endpoint: storage.s3Url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  await start();
});

afterEach(async () => {
  s3.destroy();
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

async function read(
  Key: string,
  options: { Bucket?: string; Range?: string; VersionId?: string } = {},
): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...options }));
  return (await Body?.transformToString()) ?? '';
}

test('an object comes back with its metadata, whole or in ranges', async () => {
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'presale/raw/桃園 a+b%.csv',
      Body: '0123456789',
      ContentType: 'text/csv; charset=utf-8',
      Metadata: { source: 'moi' },
    }),
  );
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'presale/raw/桃園 a+b%.csv' }));

  expect(head.ContentLength).toBe(10);
  expect(head.ContentType).toBe('text/csv; charset=utf-8');
  expect(head.Metadata).toEqual({ source: 'moi' });
  expect(head.ETag).toBe('"781e5e245d69b566979b86e28d23f2c7"');
  expect(await read('presale/raw/桃園 a+b%.csv')).toBe('0123456789');
  expect(await read('presale/raw/桃園 a+b%.csv', { Range: 'bytes=2-4' })).toBe('234');
  expect(await read('presale/raw/桃園 a+b%.csv', { Range: 'bytes=7-' })).toBe('789');
  expect(await read('presale/raw/桃園 a+b%.csv', { Range: 'bytes=-2' })).toBe('89');
  await expect(read('presale/raw/桃園 a+b%.csv', { Range: 'bytes=10-' })).rejects.toThrow('not satisfiable');
});

test('a body that is not what its checksum says is refused and not stored', async () => {
  const put = new PutObjectCommand({ Bucket, Key: 'a', Body: 'good', ChecksumCRC32: 'AAAAAA==' });

  await expect(s3.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(read('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'a %s checksum is checked and kept',
  async (name) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '123456789', ChecksumAlgorithm: name }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }));

    expect(got[`Checksum${name}`]).toMatch(/=$/);
    expect(await got.Body?.transformToString()).toBe('123456789');
  },
);

test('of ten racing writers that want to be the first, one is', async () => {
  const puts = Array.from({ length: 10 }, (_, index) =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: `${index}`, IfNoneMatch: '*' })),
  );
  const outcomes = await Promise.allSettled(puts);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');

  expect(refused).toHaveLength(9);
  expect(refused.every(({ reason }) => reason.name === 'PreconditionFailed')).toBe(true);
});

test('a write that expects another content is refused', async () => {
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'one' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'two', IfMatch: ETag }));
  const late = s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'three', IfMatch: ETag }));

  await expect(late).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await read('a')).toBe('two');
});

test('keys are listed by their bytes, in pages, with common prefixes', async () => {
  const keys = ['a/1', 'a/2', 'b', 'b/1', 'Ａ', '😀', 'z'];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const listed: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, ContinuationToken }));
    listed.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  const folders = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 3 }));
  const inFolder = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', StartAfter: 'a/1' }));

  expect(listed).toEqual(['a/1', 'a/2', 'b', 'b/1', 'z', 'Ａ', '😀']);
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'b/' }]);
  expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['b']);
  expect(folders.IsTruncated).toBe(true);
  expect(inFolder.Contents?.map(({ Key }) => Key)).toEqual(['a/2']);
});

test('a versioned bucket keeps what is overwritten and deleted', async () => {
  const first = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'one' }));
  const second = await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'two' }));
  const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  const versions = await s3.send(new ListObjectVersionsCommand({ Bucket }));

  await expect(read('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(await read('a', { VersionId: first.VersionId ?? '' })).toBe('one');
  expect(versions.Versions?.map(({ VersionId }) => VersionId)).toEqual([second.VersionId, first.VersionId]);
  expect(versions.DeleteMarkers?.map(({ VersionId }) => VersionId)).toEqual([deleted.VersionId]);

  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: deleted.VersionId }));
  expect(await read('a')).toBe('two');
});

test('a bucket without versions keeps one, and removes its bytes with it', async () => {
  for (const Body of ['one', 'two']) await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a', Body }));
  expect(await read('a', { Bucket: 'plain' })).toBe('two');

  const gone = await s3.send(
    new DeleteObjectsCommand({ Bucket: 'plain', Delete: { Objects: [{ Key: 'a' }, { Key: 'never <there> & so' }] } }),
  );

  expect(gone.Deleted?.map(({ Key }) => Key)).toEqual(['a', 'never <there> & so']);
  expect((await s3.send(new ListObjectsV2Command({ Bucket: 'plain' }))).KeyCount).toBe(0);
});

test('a reader finishes what was replaced under it', async () => {
  await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a', Body: Buffer.alloc(8_000_000, 'x') }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a' }));
  await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a', Body: 'new' }));

  expect((await Body?.transformToByteArray())?.length).toBe(8_000_000);
});

test('a large upload in parts is one object, in bounded memory', async () => {
  const piece = Buffer.alloc(1_048_576, 'x');
  const Body = Readable.from(Array.from({ length: 50 }, () => piece));
  await new Upload({ client: s3, params: { Bucket, Key: 'big', Body }, partSize: 8 * 1_048_576 }).done();
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'big' }));
  let bytes = 0;
  for await (const part of got.Body as Readable) bytes += part.length;

  expect(bytes).toBe(50 * 1_048_576);
  expect(got.ETag).toMatch(/-7"$/);
  expect((await read('big', { Range: `bytes=${8 * 1_048_576 - 2}-${8 * 1_048_576 + 1}` })).length).toBe(4);
});

test('an aborted upload leaves nothing', async () => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' }));
  await s3.send(new UploadPartCommand({ Bucket, Key: 'a', UploadId, PartNumber: 1, Body: 'part' }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'a', UploadId }));
  const late = s3.send(new UploadPartCommand({ Bucket, Key: 'a', UploadId, PartNumber: 2, Body: 'part' }));

  await expect(late).rejects.toMatchObject({ name: 'NoSuchUpload' });
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
});

test('each way of making an object is told, once it can be read', async () => {
  const told: ObjectCreated[] = [];
  const contents: string[] = [];
  storage.onObjectCreated(async (created) => {
    told.push(created);
    contents.push(await read(created.key));
  });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'put', Body: 'abc' }));
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/put` }));
  const upload = new Upload({ client: s3, params: { Bucket, Key: 'parts', Body: Readable.from(['abcd']) } });
  await upload.done();
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
  await s3.send(new UploadPartCommand({ Bucket, Key: 'unfinished', UploadId, PartNumber: 1, Body: 'part' }));
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
  storage.onObjectCreated(async () => {
    calls += 1;
    if (calls === 1) throw new Error('the database is not up yet');
  });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
  while (calls < 2) await sleep(50);

  expect(calls).toBe(2);
});

test('what is not supported says its name and does nothing', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
  const tagging = s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet: [] } }));
  await expect(tagging).rejects.toMatchObject({ name: 'NotImplemented', message: /^PutObjectTagging/ });
  const withTag = s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'new', Tagging: 'a=b' }));
  await expect(withTag).rejects.toMatchObject({ message: /^PutObject with x-amz-tagging/ });
  const bucket = s3.send(new CreateBucketCommand({ Bucket: 'other' }));
  await expect(bucket).rejects.toMatchObject({ message: /^CreateBucket/ });

  expect(await read('a')).toBe('abc');
});

test('a service that refuses answers 503 for a while', async () => {
  storage.refuse('s3', 300);
  const refused = s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
  await expect(refused).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  await sleep(350);

  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
});

test('an unsigned request is refused, and so is a presigned one after its time', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc' }));
  const url = (date: string) =>
    `${storage.s3Url}/raw/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=local&X-Amz-Date=${date}` +
    '&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0&x-id=GetObject&response-content-type=text/csv';
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const good = await fetch(url(now));

  expect([good.status, await good.text(), good.headers.get('content-type')]).toEqual([200, 'abc', 'text/csv']);
  expect((await fetch(url('20260101T000000Z'))).status).toBe(403);
  expect((await fetch(url(now), { method: 'PUT', body: 'mine' })).status).toBe(403);
  expect((await fetch(`${storage.s3Url}/raw/a`)).status).toBe(403);
});

test('a browser may ask first', async () => {
  const answer = await fetch(`${storage.s3Url}/raw/a`, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'PUT' },
  });

  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
});

test('an upload that breaks off leaves no object and no file', async () => {
  const upload = request(`${storage.s3Url}/raw/a`, {
    method: 'PUT',
    headers: { authorization: 'AWS4-HMAC-SHA256 local', 'content-length': 1_000_000 },
  });
  const closed = once(upload, 'error');
  upload.write(Buffer.alloc(100_000));
  await sleep(50);
  upload.destroy(new Error('gone'));
  await closed;
  await sleep(50);

  await expect(read('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  const entries = await readdir(join(directory, 's3', 'blobs'), { recursive: true, withFileTypes: true });
  expect(entries.filter((entry) => entry.isFile())).toEqual([]);
});

test('objects are there after a stop and a start', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'abc', Metadata: { source: 'moi' } }));
  await storage.stop();
  s3.destroy();
  await start();

  expect(await read('a')).toBe('abc');
});
