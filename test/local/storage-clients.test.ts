import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  PutObjectCommand,
  paginateListBuckets,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type StorageUnderTest,
  storageUnderTest,
} from '../../packages/one-machine/test/services/storage-under-test.ts';
import { testCredentials } from '../../packages/one-machine/test/support/aws.ts';
import { pythonWith, runPython } from '../support/python.ts';

let under: StorageUnderTest;

beforeEach(async () => {
  under = await storageUnderTest();
});

afterEach(() => under.remove());

const put = (Key: string, Body: string | Uint8Array = Key) =>
  under.s3.send(new PutObjectCommand({ Bucket: 'plain', Key, Body }));

test('an error is a bare document that names the request, as every client of AWS reads it', async () => {
  const response = await fetch(`${under.storage.s3Url}/plain/no?versionId=1`);
  const text = await response.text();

  expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>AccessDenied<\/Code><Message>/);
  expect(text).toContain('<Resource>/plain/no</Resource>');
  expect(text).toContain(`<RequestId>${response.headers.get('x-amz-request-id')}</RequestId>`);
});

test('buckets have the date they came, also after a restart, and come in pages', async () => {
  const before = await under.s3.send(new ListBucketsCommand({}));
  await under.storage.stop();
  await under.start();
  const after = await under.s3.send(new ListBucketsCommand({}));
  const paged: (string | undefined)[] = [];
  for await (const { Buckets } of paginateListBuckets({ client: under.s3, pageSize: 1 }, {}))
    paged.push(...(Buckets ?? []).map(({ Name }) => Name));

  expect(before.Buckets?.map(({ Name }) => Name)).toEqual(['plain', 'raw']);
  expect(before.Buckets?.every(({ CreationDate }) => CreationDate instanceof Date)).toBe(true);
  expect(after.Buckets).toEqual(before.Buckets);
  expect(paged).toEqual(['plain', 'raw']);
});

test('the first version of the list goes from marker to marker, by keys and by folders', async () => {
  for (const key of ['a/1', 'a/2', 'b', 'c/1 +', 'd']) await put(key);
  const list = (more: object) => under.s3.send(new ListObjectsCommand({ Bucket: 'plain', MaxKeys: 2, ...more }));
  const first = await list({});
  const folders = await list({ Delimiter: '/' });
  const rest = await list({ Delimiter: '/', Marker: folders.NextMarker });

  expect(first).toMatchObject({ IsTruncated: true, Marker: '', MaxKeys: 2 });
  expect(first.Contents?.map(({ Key, Owner }) => [Key, Owner?.ID])).toEqual([
    ['a/1', 'local'],
    ['a/2', 'local'],
  ]);
  expect(first.NextMarker).toBeUndefined();
  expect((await list({ Marker: 'a/2' })).Contents?.map(({ Key }) => Key)).toEqual(['b', 'c/1 +']);
  expect(folders).toMatchObject({ IsTruncated: true, NextMarker: 'b', CommonPrefixes: [{ Prefix: 'a/' }] });
  expect(rest).toMatchObject({ IsTruncated: false, CommonPrefixes: [{ Prefix: 'c/' }], Contents: [{ Key: 'd' }] });
  expect(await list({ Delimiter: '/', Marker: 'a/1' })).toMatchObject({ Contents: [{ Key: 'b' }] });
});

test('an upload takes parts that are other objects, or ranges of them', async () => {
  const bytes = Buffer.alloc(6 * 1024 * 1024, 'source ');
  await put('資料/source +', bytes);
  const target = { Bucket: 'raw', Key: 'target' };
  const { UploadId } = await under.s3.send(new CreateMultipartUploadCommand(target));
  const CopySource = `plain/${encodeURIComponent('資料/source +')}`;
  const copy = (PartNumber: number, more: object = {}) =>
    under.s3.send(new UploadPartCopyCommand({ ...target, UploadId, PartNumber, CopySource, ...more }));
  const whole = await copy(1);
  const part = await copy(2, { CopySourceRange: 'bytes=3-10' });
  const Parts = [whole, part].map(({ CopyPartResult }, at) => ({ PartNumber: at + 1, ETag: CopyPartResult?.ETag }));
  await under.s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));

  expect(whole.CopyPartResult?.ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
  expect((await under.read('target')) === bytes.toString() + bytes.toString().slice(3, 11)).toBe(true);
  await expect(copy(3)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  const { UploadId: second } = await under.s3.send(new CreateMultipartUploadCommand(target));
  for (const CopySourceRange of ['bytes=3-', 'bytes=5-2', 'lines=1-2', `bytes=0-${bytes.length}`])
    await expect(copy(3, { CopySourceRange, UploadId: second })).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(copy(3, { UploadId: second, CopySource: 'plain/no' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(copy(3, { UploadId: second, CopySourceIfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(copy(3, { UploadId: second, CopySourceIfNoneMatch: whole.CopyPartResult?.ETag })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
});

test('an object has no tags, and one that is not there none to ask for', async () => {
  await put('a');
  const tags = (Key: string) => under.s3.send(new GetObjectTaggingCommand({ Bucket: 'plain', Key }));

  expect((await tags('a')).TagSet).toEqual([]);
  await expect(tags('b')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

// Clients that nobody here wrote find what our own would never ask for.
const python = await pythonWith('boto3');

test.skipIf('missing' in python)(
  `boto3 lists, copies and names refusals${'missing' in python ? ` (${python.missing})` : ''}`,
  async () => {
    const { accessKeyId, secretAccessKey } = testCredentials;
    const done = await runPython(python, 'storage_client.py', [under.storage.s3Url, accessKeyId, secretAccessKey]);
    const keys = ['a/1 +%.txt', 'a/2.txt', 'b.txt', 'big', '台北/三.txt'];

    expect(done).toMatchObject({
      missing: { code: 'NoSuchKey', request: expect.stringMatching(/^[0-9A-F]{16}$/) },
      missing_head: { code: '404' },
      missing_bucket: { code: 'NoSuchBucket' },
      unserved: { code: 'NotImplemented', text: expect.stringContaining('PutObjectAcl') },
      buckets: [
        ['plain', true],
        ['raw', true],
      ],
      all: keys,
      paged: keys,
      folders: ['a/', '台北/'],
      copied: [expect.stringMatching(/-3"$/), true],
      tags: [],
      deleted: 2,
    });
  },
);
