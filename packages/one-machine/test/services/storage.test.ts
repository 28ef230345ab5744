import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type StorageUnderTest, storageUnderTest } from './storage-under-test.ts';

let under: StorageUnderTest;

const Bucket = 'raw';

beforeEach(async () => {
  under = await storageUnderTest();
});

afterEach(() => under.remove());

test('an object comes back with its metadata, whole or in ranges', async () => {
  await under.s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'orders/raw/桃園 a+b%.csv',
      Body: '0123456789',
      ContentType: 'text/csv; charset=utf-8',
      Metadata: { source: 'moi' },
    }),
  );
  const head = await under.s3.send(new HeadObjectCommand({ Bucket, Key: 'orders/raw/桃園 a+b%.csv' }));

  expect(head.ContentLength).toBe(10);
  expect(head.ContentType).toBe('text/csv; charset=utf-8');
  expect(head.Metadata).toEqual({ source: 'moi' });
  expect(head.ETag).toBe('"781e5e245d69b566979b86e28d23f2c7"');
  expect(await under.read('orders/raw/桃園 a+b%.csv')).toBe('0123456789');
  expect(await under.read('orders/raw/桃園 a+b%.csv', { Range: 'bytes=2-4' })).toBe('234');
  expect(await under.read('orders/raw/桃園 a+b%.csv', { Range: 'bytes=7-' })).toBe('789');
  expect(await under.read('orders/raw/桃園 a+b%.csv', { Range: 'bytes=-2' })).toBe('89');
  await expect(under.read('orders/raw/桃園 a+b%.csv', { Range: 'bytes=10-' })).rejects.toThrow('not satisfiable');
});

test('a body that is not what its checksum says is refused and not stored', async () => {
  const put = new PutObjectCommand({ Bucket, Key: 'a', Body: 'good', ChecksumCRC32: 'AAAAAA==' });

  await expect(under.s3.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(under.read('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'a %s checksum is checked and kept',
  async (name) => {
    await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '123456789', ChecksumAlgorithm: name }));
    const got = await under.s3.send(new GetObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }));

    expect(got[`Checksum${name}`]).toMatch(/=$/);
    expect(await got.Body?.transformToString()).toBe('123456789');
  },
);

test('of ten racing writers that want to be the first, one is', async () => {
  const puts = Array.from({ length: 10 }, (_, index) =>
    under.s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: `${index}`, IfNoneMatch: '*' })),
  );
  const outcomes = await Promise.allSettled(puts);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');

  expect(refused).toHaveLength(9);
  expect(refused.every(({ reason }) => reason.name === 'PreconditionFailed')).toBe(true);
});

test('a write that expects another content is refused', async () => {
  const { ETag } = await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'one' }));
  await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'two', IfMatch: ETag }));
  const late = under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'three', IfMatch: ETag }));

  await expect(late).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await under.read('a')).toBe('two');
});

test('keys are listed by their bytes, in pages, with common prefixes', async () => {
  const keys = ['a/1', 'a/2', 'b', 'b/1', 'Ａ', '😀', 'z'];
  for (const Key of keys) await under.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const listed: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await under.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2, ContinuationToken }));
    listed.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  const folders = await under.s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 3 }));
  const inFolder = await under.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', StartAfter: 'a/1' }));

  expect(listed).toEqual(['a/1', 'a/2', 'b', 'b/1', 'z', 'Ａ', '😀']);
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'b/' }]);
  expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['b']);
  expect(folders.IsTruncated).toBe(true);
  expect(inFolder.Contents?.map(({ Key }) => Key)).toEqual(['a/2']);
});

test('a versioned bucket keeps what is overwritten and deleted', async () => {
  const first = await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'one' }));
  const second = await under.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'two' }));
  const deleted = await under.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  const versions = await under.s3.send(new ListObjectVersionsCommand({ Bucket }));

  await expect(under.read('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(await under.read('a', { VersionId: first.VersionId ?? '' })).toBe('one');
  expect(versions.Versions?.map(({ VersionId }) => VersionId)).toEqual([second.VersionId, first.VersionId]);
  expect(versions.DeleteMarkers?.map(({ VersionId }) => VersionId)).toEqual([deleted.VersionId]);

  await under.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: deleted.VersionId }));
  expect(await under.read('a')).toBe('two');
});

test('a bucket without versions keeps one, and removes its bytes with it', async () => {
  for (const Body of ['one', 'two']) await under.s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a', Body }));
  expect(await under.read('a', { Bucket: 'plain' })).toBe('two');

  const gone = await under.s3.send(
    new DeleteObjectsCommand({ Bucket: 'plain', Delete: { Objects: [{ Key: 'a' }, { Key: 'never <there> & so' }] } }),
  );

  expect(gone.Deleted?.map(({ Key }) => Key)).toEqual(['a', 'never <there> & so']);
  expect((await under.s3.send(new ListObjectsV2Command({ Bucket: 'plain' }))).KeyCount).toBe(0);
});

test('a reader finishes what was replaced under it', async () => {
  await under.s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a', Body: Buffer.alloc(8_000_000, 'x') }));
  const { Body } = await under.s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'a' }));
  await under.s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a', Body: 'new' }));

  expect((await Body?.transformToByteArray())?.length).toBe(8_000_000);
});

test('a large upload in parts is one object, in bounded memory', async () => {
  const piece = Buffer.alloc(1_048_576, 'x');
  const Body = Readable.from(Array.from({ length: 50 }, () => piece));
  await new Upload({ client: under.s3, params: { Bucket, Key: 'big', Body }, partSize: 8 * 1_048_576 }).done();
  const got = await under.s3.send(new GetObjectCommand({ Bucket, Key: 'big' }));
  let bytes = 0;
  for await (const part of got.Body as Readable) bytes += part.length;

  expect(bytes).toBe(50 * 1_048_576);
  expect(got.ETag).toMatch(/-7"$/);
  expect((await under.read('big', { Range: `bytes=${8 * 1_048_576 - 2}-${8 * 1_048_576 + 1}` })).length).toBe(4);
});

test('an object is brought as a file of its own, also one that came in parts, and the file outlives it', async () => {
  const whole = Buffer.concat([Buffer.alloc(8 * 1_048_576, 'x'), Buffer.from('the end')]);
  const params = { Bucket: 'plain', Key: 'parts', Body: whole };
  await new Upload({ client: under.s3, params, partSize: 8 * 1_048_576 }).done();
  await under.s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'one', Body: 'small' }));
  const before = await under.s3.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'parts' }));
  const [first, second, small] = ['first', 'second', 'small'].map((name) => path.join(under.directory, name));
  if (!first || !second || !small) throw new Error('No names');

  await Promise.all([under.storage.bring('plain', 'parts', first), under.storage.bring('plain', 'parts', second)]);
  await under.storage.bring('plain', 'one', small);
  expect(await under.read('parts', { Bucket: 'plain', Range: `bytes=${8 * 1_048_576 - 1}-` })).toBe('xthe end');
  expect((await under.s3.send(new HeadObjectCommand({ Bucket: 'plain', Key: 'parts' }))).ETag).toBe(before.ETag);
  const named = ['parts', 'one'].map((Key) => ({ Key }));
  await under.s3.send(new DeleteObjectsCommand({ Bucket: 'plain', Delete: { Objects: named } }));

  for (const file of [first, second]) expect((await readFile(file)).equals(whole)).toBe(true);
  expect(await readFile(small, 'utf8')).toBe('small');
  await expect(under.storage.bring('plain', 'parts', `${first}-again`)).rejects.toThrow('does not exist');
  // Nothing is left of bytes that lay in two places while they were joined.
  const blobs = await readdir(path.join(under.directory, 's3', 'blobs'), { recursive: true, withFileTypes: true });
  expect(blobs.filter((entry) => entry.isFile())).toEqual([]);
});

test('an aborted upload leaves nothing', async () => {
  const { UploadId } = await under.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' }));
  await under.s3.send(new UploadPartCommand({ Bucket, Key: 'a', UploadId, PartNumber: 1, Body: 'part' }));
  await under.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'a', UploadId }));
  const late = under.s3.send(new UploadPartCommand({ Bucket, Key: 'a', UploadId, PartNumber: 2, Body: 'part' }));

  await expect(late).rejects.toMatchObject({ name: 'NoSuchUpload' });
  expect((await under.s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
});
