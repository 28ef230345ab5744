import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectStore } from '#adapters/object-store.ts';
import { readIfChanged } from '#adapters/objects/changed-object.ts';
import { type Storage, startStorage } from '../../../../local/services/storage.ts';
import { testCredentials, useLocalAws } from '../../../support/aws.ts';

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
