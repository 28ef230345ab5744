import { createHash } from 'node:crypto';
import {
  type ChecksumAlgorithm,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChecksumName, startChecksum } from '../../../src/services/s3/transfer/checksums.ts';
import { type CrcName, combineCrcs } from '../../../src/services/s3/transfer/combine-crc.ts';
import { testCredentials } from '../../support/aws.ts';
import { type StorageUnderTest, storageUnderTest } from '../storage-under-test.ts';

let under: StorageUnderTest;
/** Sends no checksum that it isn't asked for. */
let plain: S3Client;

const Bucket = 'plain';
const first = Buffer.alloc(5 * 1024 * 1024, 'first ');
const rest = Buffer.from('the rest');
const bodies = [first, rest];

beforeAll(async () => {
  under = await storageUnderTest();
  plain = new S3Client({
    endpoint: under.storage.s3Url,
    region: 'us-east-1',
    credentials: testCredentials,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
});
afterAll(async () => {
  plain.destroy();
  await under.remove();
});

const digestOf = (name: ChecksumName, ...pieces: Uint8Array[]) => {
  const checksum = startChecksum(name);
  for (const piece of pieces) checksum.update(piece);
  return checksum.digest();
};
const member = (name: string) => `Checksum${name}` as 'ChecksumCRC32';

interface Begun {
  readonly Key: string;
  readonly UploadId: string | undefined;
  readonly parts: { PartNumber: number; ETag?: string; [checksum: string]: unknown }[];
}

/** Begins an upload and sends both parts. */
async function begin(Key: string, name: ChecksumAlgorithm, type?: ChecksumType, client = under.s3): Promise<Begun> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: name, ChecksumType: type }),
  );
  const parts: Begun['parts'] = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const sent = await client.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: name }),
    );
    parts.push({ PartNumber, ETag: sent.ETag, [member(name)]: sent[member(name)] });
  }
  return { Key, UploadId, parts };
}

const complete = ({ Key, UploadId, parts }: Begun, more: Partial<CompleteMultipartUploadCommandInput> = {}) =>
  under.s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts }, ...more }),
  );
const head = (Key: string) => under.s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));

test.each(['crc32', 'crc32c', 'crc64nvme'] as const)('the %s of pieces is that of the whole', (name: CrcName) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 5 }), (pieces) => {
      const parts = pieces.map((piece) => ({ value: digestOf(name, piece), size: piece.length }));

      expect(combineCrcs(name, parts)).toBe(digestOf(name, ...pieces));
    }),
  );
});

describe('an object in parts', () => {
  test.each<[ChecksumAlgorithm, ChecksumType | undefined]>([
    ['CRC32', undefined],
    ['CRC32C', 'COMPOSITE'],
    ['SHA1', undefined],
    ['SHA256', 'COMPOSITE'],
  ])('has a %s of its parts’ checksums by default', async (name, type) => {
    const begun = await begin(`composite-${name}`, name, type);
    const done = await complete(begun);
    const got = await under.s3.send(new GetObjectCommand({ Bucket, Key: begun.Key, ChecksumMode: 'ENABLED' }));
    const lower = name.toLowerCase() as ChecksumName;
    const digests = bodies.map((body) => Buffer.from(digestOf(lower, body), 'base64'));
    const expected = `${digestOf(lower, ...digests)}-2`;

    expect(done).toMatchObject({ [member(name)]: expected, ChecksumType: 'COMPOSITE' });
    expect(await head(begun.Key)).toMatchObject({ [member(name)]: expected, ChecksumType: 'COMPOSITE' });
    // The SDK would throw if it took it for one of the whole.
    expect((await got.Body?.transformToByteArray())?.length).toBe(first.length + rest.length);
  });

  test.each<[ChecksumAlgorithm, ChecksumType | undefined]>([
    ['CRC64NVME', undefined],
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
  ])('has a %s of the whole where that is asked for', async (name, type) => {
    const begun = await begin(`whole-${name}`, name, type);
    const expected = digestOf(name.toLowerCase() as ChecksumName, ...bodies);

    await expect(complete(begun, { [member(name)]: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
    const done = await complete(begun, { [member(name)]: expected, ChecksumType: 'FULL_OBJECT' });
    expect(done).toMatchObject({ [member(name)]: expected, ChecksumType: 'FULL_OBJECT' });
    expect(await head(begun.Key)).toMatchObject({ [member(name)]: expected, ChecksumType: 'FULL_OBJECT' });
    expect(await under.read(begun.Key, { Bucket })).toHaveLength(first.length + rest.length);
  });

  test('has the checksum of the whole, though its parts came without one', async () => {
    const begun = await begin('silent', 'CRC32', 'FULL_OBJECT', plain);
    const parts = begun.parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));

    expect(await complete({ ...begun, parts })).toMatchObject({ ChecksumCRC32: digestOf('crc32', ...bodies) });
  });

  test('has none where none was asked for', async () => {
    const { UploadId } = await under.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'without' }));
    const { ETag } = await under.s3.send(
      new UploadPartCommand({ Bucket, Key: 'without', UploadId, PartNumber: 1, Body: 'x' }),
    );
    await complete({ Key: 'without', UploadId, parts: [{ PartNumber: 1, ETag }] });

    expect(await head('without')).not.toHaveProperty('ChecksumType');
  });

  test('is listed with the kind of its checksum, and so are its upload and parts', async () => {
    const begun = await begin('listed', 'SHA256');
    const parts = await under.s3.send(new ListPartsCommand({ Bucket, Key: 'listed', UploadId: begun.UploadId }));
    const uploads = await under.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed' }));
    await complete(begun);
    const objects = await under.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'listed' }));
    const sha256 = createHash('sha256').update(rest).digest('base64');

    expect(parts).toMatchObject({ ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' });
    expect(parts.Parts?.[1]).toMatchObject({ ChecksumSHA256: sha256 });
    expect(uploads.Uploads).toMatchObject([{ ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' }]);
    expect(objects.Contents).toMatchObject([{ ChecksumAlgorithm: ['SHA256'], ChecksumType: 'COMPOSITE' }]);
  });

  test('that is copied has the checksum of the whole', async () => {
    await complete(await begin('source', 'SHA256'));
    const copy = await under.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/source` }));
    const expected = digestOf('sha256', ...bodies);

    expect(copy.CopyObjectResult).toMatchObject({ ChecksumSHA256: expected, ChecksumType: 'FULL_OBJECT' });
    expect(await head('copy')).toMatchObject({ ChecksumSHA256: expected, ChecksumType: 'FULL_OBJECT' });
  });

  test('may be made of copies, which have the upload’s checksum', async () => {
    await under.s3.send(new PutObjectCommand({ Bucket, Key: 'piece', Body: 'piece' }));
    const { UploadId } = await under.s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'pieced', ChecksumAlgorithm: 'SHA1' }),
    );
    const { CopyPartResult } = await under.s3.send(
      new UploadPartCopyCommand({ Bucket, Key: 'pieced', UploadId, PartNumber: 1, CopySource: `${Bucket}/piece` }),
    );
    const { ETag, ChecksumSHA1 } = CopyPartResult ?? {};
    const done = await complete({ Key: 'pieced', UploadId, parts: [{ PartNumber: 1, ETag, ChecksumSHA1 }] });

    expect(ChecksumSHA1).toBe(createHash('sha1').update('piece').digest('base64'));
    expect(done.ChecksumSHA1).toMatch(/=-1$/);
  });
});

describe('what S3 refuses of an upload’s checksum', () => {
  test.each([
    [{ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }, 'The FULL_OBJECT checksum type cannot be used'],
    [{ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }, 'The COMPOSITE checksum type cannot be used'],
    [{ ChecksumType: 'COMPOSITE' }, 'can only be used with the x-amz-checksum-algorithm header'],
    [{ ChecksumAlgorithm: 'ADLER32' }, 'Checksum algorithm provided is unsupported'],
  ])('%j', async (asked, words) => {
    const creating = new CreateMultipartUploadCommand({ Bucket, Key: 'refused', ...(asked as object) });

    await expect(under.s3.send(creating)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining(words),
    });
  });

  test('a part with another checksum, or with none', async () => {
    const { UploadId } = await under.s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'other', ChecksumAlgorithm: 'SHA256' }),
    );
    const part = { Bucket, Key: 'other', UploadId, PartNumber: 1, Body: 'x' };
    const words = 'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type:';

    await expect(under.s3.send(new UploadPartCommand({ ...part, ChecksumAlgorithm: 'CRC32' }))).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: `${words} crc32`,
    });
    await expect(plain.send(new UploadPartCommand(part))).rejects.toMatchObject({ message: `${words} null` });
  });

  test('parts named without theirs, another kind, another size', async () => {
    const begun = await begin('unnamed', 'CRC32');
    const bare = begun.parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const wrong = begun.parts.map((part) => ({ ...part, ChecksumCRC32: 'AAAAAA==' }));

    await expect(complete({ ...begun, parts: bare })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('It was missing for part 1 in the request.'),
    });
    await expect(complete({ ...begun, parts: wrong })).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete(begun, { ChecksumType: 'FULL_OBJECT' })).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(complete(begun, { MpuObjectSize: 1 })).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(await complete(begun)).toMatchObject({ ChecksumType: 'COMPOSITE' });
  });

  test('a checksum that is not known here, by its name', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'unknown', Body: 'x' });
    put.middlewareStack.add(
      (next) => (step) => {
        (step.request as { headers: Record<string, string> }).headers['x-amz-checksum-xxhash64'] = 'AAAAAAAAAAA=';
        return next(step);
      },
      { step: 'build', priority: 'low' },
    );

    await expect(plain.send(put)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('x-amz-checksum-xxhash64'),
    });
  });
});

test('uploads in progress come in pages and below common prefixes', async () => {
  const keys = ['pages/a/1', 'pages/a/2', 'pages/b', 'pages/b', 'pages/c'];
  for (const Key of keys) await under.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const list = (more: object) => under.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'pages/', ...more }));
  const seen: (string | undefined)[] = [];
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (let more: boolean | undefined = true; more; ) {
    const page = await list({ MaxUploads: 2, ...marker });
    seen.push(...(page.Uploads ?? []).map(({ Key }) => Key));
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    more = page.IsTruncated;
  }
  const grouped = await list({ Delimiter: '/' });

  expect(seen).toEqual(keys);
  expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'pages/a/' }]);
  expect(grouped.Uploads?.map(({ Key }) => Key)).toEqual(['pages/b', 'pages/b', 'pages/c']);
  expect((await list({ KeyMarker: 'pages/b' })).Uploads?.map(({ Key }) => Key)).toEqual(['pages/c']);
});
