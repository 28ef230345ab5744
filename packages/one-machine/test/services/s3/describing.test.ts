import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  ObjectAttributes,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StorageUnderTest, storageUnderTest } from '../storage-under-test.ts';

let under: StorageUnderTest;

const Bucket = 'plain';

beforeAll(async () => {
  under = await storageUnderTest();
});
afterAll(() => under.remove());

const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  under.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
const tagsOf = async (Key: string) =>
  ((await under.s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet ?? []).map(({ Key, Value }) => [
    Key,
    Value,
  ]);
const head = (Key: string) => under.s3.send(new HeadObjectCommand({ Bucket, Key }));

describe('tags', () => {
  test('come with an object, are counted, replaced and removed', async () => {
    await put('tagged', { Tagging: 'a=1&b=%E6%A1%83%20x' });
    const set = (TagSet: { Key: string; Value: string }[]) =>
      under.s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } }));

    expect(await tagsOf('tagged')).toEqual([
      ['a', '1'],
      ['b', '桃 x'],
    ]);
    expect(await head('tagged')).toMatchObject({ TagCount: 2 });
    await set([{ Key: 'c', Value: '' }]);
    expect(await tagsOf('tagged')).toEqual([['c', '']]);
    await set([]);
    expect(await head('tagged')).not.toHaveProperty('TagCount');
    await set([{ Key: 'd', Value: '4' }]);
    await under.s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect(await tagsOf('tagged')).toEqual([]);
  });

  test('go along with a copy, unless others are given, and with an object in parts', async () => {
    await put('source', { Tagging: 'a=1' });
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/source` };
    await under.s3.send(new CopyObjectCommand(copy));
    expect(await tagsOf('copy')).toEqual([['a', '1']]);
    await under.s3.send(new CopyObjectCommand({ ...copy, TaggingDirective: 'REPLACE', Tagging: 'b=2' }));
    expect(await tagsOf('copy')).toEqual([['b', '2']]);

    const named = { Bucket, Key: 'parted' };
    const { UploadId } = await under.s3.send(new CreateMultipartUploadCommand({ ...named, Tagging: 'p=1' }));
    const { ETag } = await under.s3.send(new UploadPartCommand({ ...named, UploadId, PartNumber: 1, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await under.s3.send(new CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload }));
    expect(await tagsOf('parted')).toEqual([['p', '1']]);
  });

  test.each<[string, { Key: string; Value: string }[], string]>([
    ['eleven', Array.from({ length: 11 }, (_, index) => ({ Key: `${index}`, Value: '' })), 'BadRequest'],
    ['one twice', ['1', '2'].map((Value) => ({ Key: 'a', Value })), 'InvalidTag'],
    ['a key of 129 signs', [{ Key: 'k'.repeat(129), Value: '' }], 'InvalidTag'],
    ['a value of 257 signs', [{ Key: 'k', Value: 'v'.repeat(257) }], 'InvalidTag'],
    ['a sign that none may have', [{ Key: 'k', Value: '<' }], 'InvalidTag'],
  ])('are refused: %s', async (_, TagSet, name) => {
    await put('refusing', { Tagging: 'a=1' });
    const setting = new PutObjectTaggingCommand({ Bucket, Key: 'refusing', Tagging: { TagSet } });

    await expect(under.s3.send(setting)).rejects.toMatchObject({ name });
    expect(await tagsOf('refusing')).toEqual([['a', '1']]);
  });

  test('given twice in a header are refused with the object', async () => {
    await expect(put('twice', { Tagging: 'a=1&a=2' })).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(head('twice')).rejects.toMatchObject({ name: 'NotFound' });
  });
});

test('an object in parts is read by part, and tells its attributes', async () => {
  const named = { Bucket, Key: 'parts' };
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the rest')];
  const { UploadId } = await under.s3.send(new CreateMultipartUploadCommand(named));
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await under.s3.send(new UploadPartCommand({ ...named, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await under.s3.send(new CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload: { Parts } }));
  const part = await under.s3.send(new GetObjectCommand({ ...named, PartNumber: 2 }));
  const whole = Buffer.concat(bodies);
  const told = await under.s3.send(
    new GetObjectAttributesCommand({ ...named, ObjectAttributes: Object.values(ObjectAttributes) }),
  );

  expect(part).toMatchObject({
    PartsCount: 2,
    ContentRange: `bytes ${5 * 1024 * 1024}-${whole.length - 1}/${whole.length}`,
  });
  expect(await part.Body?.transformToString()).toBe('the rest');
  expect(told).toMatchObject({
    ObjectSize: whole.length,
    ObjectParts: { TotalPartsCount: 2 },
    StorageClass: 'STANDARD',
  });
  expect(told.ETag).toMatch(/^[0-9a-f]{32}-2$/);
  await expect(under.s3.send(new GetObjectCommand({ ...named, PartNumber: 3 }))).rejects.toMatchObject({
    name: 'InvalidPartNumber',
  });
  await expect(
    under.s3.send(new GetObjectCommand({ ...named, PartNumber: 1, Range: 'bytes=0-1' })),
  ).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test('versions come in pages and below common prefixes, each once', async () => {
  for (const Key of ['v/a', 'v/a', 'v/b/1', 'v/b/2', 'v/c']) await put(Key, { Bucket: 'raw' });
  await under.s3.send(new DeleteObjectCommand({ Bucket: 'raw', Key: 'v/c' }));
  const listed = async (pageSize: number, Delimiter?: string) => {
    const seen: (string | undefined)[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (marker) {
      const asked = { Bucket: 'raw', Prefix: 'v/', Delimiter, MaxKeys: pageSize, ...marker };
      const page: ListObjectVersionsCommandOutput = await under.s3.send(new ListObjectVersionsCommand(asked));
      const { Versions = [], DeleteMarkers = [], CommonPrefixes = [] } = page;
      marker = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
      const found = [...Versions, ...DeleteMarkers].map(({ Key }) => Key);
      seen.push(...found, ...CommonPrefixes.map(({ Prefix }) => Prefix));
      expect(found.length + CommonPrefixes.length).toBeLessThanOrEqual(pageSize);
    }
    return seen.sort();
  };

  for (const size of [1, 2, 3, 100]) {
    expect(await listed(size)).toEqual(['v/a', 'v/a', 'v/b/1', 'v/b/2', 'v/c', 'v/c']);
    expect(await listed(size, '/')).toEqual(['v/a', 'v/a', 'v/b/', 'v/c', 'v/c']);
  }
});

test('a deleted object says that it is, and what can be no version is no version', async () => {
  await put('gone', { Bucket: 'raw' });
  const { VersionId } = await under.s3.send(new DeleteObjectCommand({ Bucket: 'raw', Key: 'gone' }));
  const reading = (more: object) => under.s3.send(new GetObjectCommand({ Bucket: 'raw', Key: 'gone', ...more }));

  await expect(reading({})).rejects.toMatchObject({
    name: 'NoSuchKey',
    message: 'The specified key does not exist.',
    $response: { headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': VersionId } },
  });
  await expect(reading({ VersionId })).rejects.toMatchObject({ name: 'MethodNotAllowed' });
  await expect(reading({ VersionId: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(reading({ VersionId: '0'.repeat(32) })).rejects.toMatchObject({ name: 'NoSuchVersion' });
});

test('requests that S3 knows for broken', async () => {
  const token = () => under.s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'nonsense' }));
  const copy = { Bucket, Key: 'b', CopySource: `${Bucket}/a`, MetadataDirective: 'PERHAPS' as 'COPY' };
  const versions = await under.s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 0 }));

  await expect(put('digest', { ContentMD5: 'abc' })).rejects.toMatchObject({ name: 'InvalidDigest' });
  await expect(token()).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(under.s3.send(new CopyObjectCommand(copy))).rejects.toMatchObject({ name: 'InvalidArgument' });
  expect(versions).toMatchObject({ IsTruncated: false });
});

test('what came without a type is bytes', async () => {
  const putting = new PutObjectCommand({ Bucket, Key: 'untyped', Body: 'x' });
  // The SDK names a type of its own, which other clients don't.
  putting.middlewareStack.add(
    (next) => (step) => {
      delete (step.request as { headers: Record<string, string> }).headers['content-type'];
      return next(step);
    },
    { step: 'build', priority: 'low' },
  );
  await under.s3.send(putting);

  expect((await head('untyped')).ContentType).toBe('binary/octet-stream');
});
