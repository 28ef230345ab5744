import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { type Storage, startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectStore } from '#adapters/object-store.ts';
import { readIfChanged } from '#adapters/objects/changed-object.ts';
import { newestVersions, readVersion } from '#adapters/objects/object-versions.ts';
import { NotFoundError } from '#kit/errors.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';

let directory: string;
let storage: Storage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    buckets: [{ name: 'rules', versioned: true }],
    queues: [],
  });
  useLocalAws({ AWS_ENDPOINT_URL_S3: storage.s3Url });
});

afterAll(async () => {
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

test('an object is read once, and again when it is another', async () => {
  const place = { bucket: 'rules', key: 'tagger.json' };
  expect(await readIfChanged(place)).toEqual({ state: 'absent' });

  await objectStore('rules').put(place.key, '规则一');
  const first = await readIfChanged(place);
  expect(first).toMatchObject({ state: 'changed', text: '规则一' });
  const etag = first.state === 'changed' ? first.etag : '';
  expect(await readIfChanged(place, etag)).toEqual({ state: 'unchanged' });

  await objectStore('rules').put(place.key, '规则二');
  expect(await readIfChanged(place, etag)).toMatchObject({ state: 'changed', text: '规则二' });
});

test('the mark of a deletion, a version that never was, and no id at all are versions that are not there', async () => {
  const [bucket, key] = ['rules', 'withdrawn.json'];
  await objectStore(bucket).put(key, '规则');
  await objectStore(bucket).remove(key);
  const listing = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key });
  const { DeleteMarkers = [] } = await new S3Client({}).send(listing);
  const [kept] = await newestVersions(bucket, key, 5);

  expect(DeleteMarkers).toHaveLength(1);
  for (const version of [DeleteMarkers[0]?.VersionId ?? '', crypto.randomUUID(), 'none'])
    await expect(readVersion(bucket, key, version)).rejects.toThrow(NotFoundError);
  expect(await readVersion(bucket, key, kept?.version ?? '')).toBe('规则');
});
