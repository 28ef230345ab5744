import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Storage, startStorage } from '../../src/services/storage.ts';
import { testCredentials } from '../support/aws.ts';

const credentials = testCredentials;

const corsRule = {
  origins: ['https://pages.example.com'],
  methods: ['GET', 'PUT'],
  headers: ['content-type', 'x-amz-*'],
  exposed: ['ETag'],
  maxAgeSeconds: 60,
};

/** A storage service with a versioned bucket `raw` and a plain one, in a folder of its own. */
export interface StorageUnderTest {
  readonly directory: string;
  storage: Storage;
  s3: S3Client;
  /** Again on the same folder, after a stop. */
  start(): Promise<void>;
  read(key: string, options?: { Bucket?: string; Range?: string; VersionId?: string }): Promise<string>;
  remove(): Promise<void>;
}

export async function storageUnderTest(): Promise<StorageUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  const started = await open(directory);
  const under: StorageUnderTest = {
    directory,
    ...started,
    async start() {
      Object.assign(under, await open(directory));
    },
    async read(Key, options = {}) {
      const { Body } = await under.s3.send(new GetObjectCommand({ Bucket: 'raw', Key, ...options }));
      return (await Body?.transformToString()) ?? '';
    },
    async remove() {
      under.s3.destroy();
      await under.storage.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return under;
}

async function open(directory: string): Promise<{ storage: Storage; s3: S3Client }> {
  const buckets = [
    { name: 'raw', versioned: true },
    { name: 'plain', versioned: false, cors: [corsRule] },
  ];
  const storage = await startStorage({ credentials: [testCredentials], directory, buckets, queues: [] });
  return { storage, s3: new S3Client({ endpoint: storage.s3Url, region: 'us-east-1', credentials, maxAttempts: 1 }) };
}
