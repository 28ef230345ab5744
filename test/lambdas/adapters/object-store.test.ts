import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { type Storage, startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectStore } from '#adapters/object-store.ts';
import { NotFoundError, UnavailableError } from '#kit/errors.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';

let directory: string;
let storage: Storage;
const store = objectStore('raw');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    buckets: [{ name: 'raw', versioned: true }],
    queues: [],
  });
  useLocalAws({ AWS_ENDPOINT_URL_S3: storage.s3Url });
});

afterAll(async () => {
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

const chunkBytes = 1024 * 1024;

/** `megabytes` of noise, and then the end or a failure. */
async function* noise(megabytes: number, failure?: Error): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < megabytes; count += 1) yield randomBytes(chunkBytes);
  if (failure) throw failure;
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function keys(prefix: string): Promise<string[]> {
  return collected(store.list(prefix));
}

async function unfinished(): Promise<number> {
  const { Uploads = [] } = await new S3Client({}).send(new ListMultipartUploadsCommand({ Bucket: 'raw' }));
  return Uploads.length;
}

test('an object is replaced by whom has seen it, and by one of many who try at once', async () => {
  const etagOf = async (key: string) =>
    (await new S3Client({}).send(new GetObjectCommand({ Bucket: 'raw', Key: key }))).ETag ?? '';
  expect(await store.replace('rules', 'first', null, { contentType: 'text/plain' })).toBe(true);
  expect(await store.replace('rules', 'none', null)).toBe(false);
  expect(await store.replace('rules', 'stale', '"0123456789abcdef0123456789abcdef"')).toBe(false);
  const seen = await etagOf('rules');

  const tries = await Promise.all(['a', 'b', 'c', 'd'].map((body) => store.replace('rules', body, seen)));

  expect(tries.filter(Boolean)).toHaveLength(1);
  expect(await store.readText('rules')).toBe('abcd'[tries.indexOf(true)]);
  await store.remove('rules');
  expect(await store.replace('rules', 'gone', seen)).toBe(false);
  expect(await store.replace('rules', 'again', null)).toBe(true);
});

test('an object is removed by whom has seen it, and not once others have replaced or removed it', async () => {
  const etagOf = async () =>
    (await new S3Client({}).send(new GetObjectCommand({ Bucket: 'raw', Key: 'seen' }))).ETag ?? '';
  await store.put('seen', 'first');
  const first = await etagOf();
  await store.put('seen', 'second');

  expect(await store.removeUnchanged('seen', first)).toBe(false);
  expect(await store.readText('seen')).toBe('second');
  const second = await etagOf();
  expect(await store.removeUnchanged('seen', second)).toBe(true);
  expect(await store.removeUnchanged('seen', second)).toBe(false);
  expect(await store.exists('seen')).toBe(false);
});

test('what was put is read back, bytes, text and type', async () => {
  await store.put('presale/raw/甲 b+c.csv', '編號,備註\n', { contentType: 'text/csv' });
  const { ContentType } = await new S3Client({}).send(
    new GetObjectCommand({ Bucket: 'raw', Key: 'presale/raw/甲 b+c.csv' }),
  );

  expect(await store.readText('presale/raw/甲 b+c.csv')).toBe('編號,備註\n');
  expect(await store.exists('presale/raw/甲 b+c.csv')).toBe(true);
  expect(ContentType).toBe('text/csv');
});

test.each([0, 1, 3, 20])('an upload of %i MB is byte for byte what its source gave', async (megabytes) => {
  const chunks = await collected(noise(megabytes));
  await store.upload(
    'big',
    (async function* () {
      yield* chunks;
    })(),
  );
  const read = await collected(await store.read('big'));

  expect(Buffer.concat(read).equals(Buffer.concat(chunks))).toBe(true);
});

test.each([0, 3, 20])('an upload whose source fails after %i MB leaves nothing under its key', async (megabytes) => {
  const failure = new RangeError('the site reset the connection');
  const key = `half-${megabytes}`;

  await expect(store.upload(key, noise(megabytes, failure))).rejects.toThrow('the site reset the connection');
  expect(await store.exists(key)).toBe(false);
  expect(await keys('half')).toEqual([]);
  expect(await unfinished()).toBe(0);
});

test('an upload whose source fails leaves what stood there before', async () => {
  await store.put('kept', 'the first');
  await expect(store.upload('kept', noise(20, new Error('no')))).rejects.toThrow('no');

  expect(await store.readText('kept')).toBe('the first');
});

test('a key that is not there is a NotFoundError to read and false to ask for', async () => {
  await expect(store.read('nowhere')).rejects.toThrow(NotFoundError);
  await expect(store.readText('nowhere')).rejects.toThrow("s3://raw/nowhere doesn't exist");
  expect(await store.exists('nowhere')).toBe(false);
});

test('a bucket that is not there is not taken for a missing key', async () => {
  const elsewhere = objectStore('no-such-bucket');

  await expect(elsewhere.readText('key')).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('keys are listed in the order of their bytes, all pages of them', async () => {
  const names = Array.from({ length: 1005 }, (_, index) => `list/${index}`);
  for (const name of [...names, 'list/Z', 'list/a', 'list/é', 'list/甲', 'listless']) await store.put(name, 'x');
  const listed = await keys('list/');

  expect(listed).toHaveLength(1009);
  expect(listed).toEqual(listed.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
});

test('a listing of nothing is empty', async () => {
  expect(await keys('nothing/')).toEqual([]);
});

test('a bucket that answers 503 is away, whatever it was asked for', { timeout: 600_000 }, async () => {
  storage.refuse('s3', 600_000);
  try {
    const tries: readonly (() => Promise<unknown>)[] = [
      () => store.put('away', 'x'),
      () => store.upload('away', noise(1)),
      () => store.readText('away'),
      // HEAD has no body that could say what is wrong.
      () => store.exists('away'),
      () => keys('away'),
    ];
    for (const work of tries) await expect(work()).rejects.toThrow(new UnavailableError('S3 answered 503'));
  } finally {
    storage.refuse('s3', 0);
  }
});
