import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Storage, startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sparkJobs } from '../../local/spark-jobs.ts';
import { testCredentials } from '../../packages/one-machine/test/support/aws.ts';

let directory: string;
let storage: Storage;
let s3: S3Client;

const credentials = testCredentials;
const Bucket = 'files';
const project = path.resolve(import.meta.dirname, '../..');
const text = 'the cat　the dog\r\n\n猫 a\u00a0cat\u2028__proto__ \x1cthe é\n'.repeat(50);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    buckets: [{ name: Bucket, versioned: false }],
    queues: [],
  });
  s3 = new S3Client({ endpoint: storage.s3Url, region: 'us-east-1', credentials });
  await writeFile(path.join(directory, 'asset.abc.py'), '');
  await s3.send(new PutObjectCommand({ Bucket, Key: 'files/1', Body: text }));
});

afterAll(async () => {
  s3.destroy();
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

function runJob(output: string, given: { readonly entry?: string; readonly signal?: AbortSignal } = {}) {
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_S3: storage.s3Url,
  };
  const EntryPoint = `s3://assets/${given.entry ?? 'abc.py'}`;
  const SparkSubmit = { EntryPoint, EntryPointArguments: ['s3://files/files/1', `s3://files/${output}`] };
  return sparkJobs({ project, assembly: directory, environment })(
    {
      ApplicationId: 'a',
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/job',
      Name: 'tasks/word-count',
      ExecutionTimeoutMinutes: 5,
      JobDriver: { SparkSubmit },
    },
    given.signal ?? new AbortController().signal,
  );
}

async function read(key: string): Promise<string> {
  return (await (await s3.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToString()) ?? '';
}

/** Counts, sorted: Spark's come in the order of its partitions. */
const sorted = (lines: string) => lines.trim().split('\n').sort();

test('a job runs as a stream, and says that it was not Spark', async () => {
  expect(await runJob('spark/1')).toMatchObject({ State: 'SUCCESS' });

  const counts = new Map(sorted(await read('spark/1/counts/part-00000')).map((line) => JSON.parse(line)));
  expect([counts.get('the'), counts.get('__proto__'), counts.size]).toEqual([150, 50, 7]);
  expect(JSON.parse(await read('spark/1/summary/part-00000'))).toMatchObject({
    engine: 'streamed',
    words: 500,
    distinct: 7,
  });
});

test('a job without an uploaded script, and a cancelled job, fail', async () => {
  const controller = new AbortController();
  const cancelled = runJob('spark/2', { signal: controller.signal });
  controller.abort();

  await expect(runJob('spark/3', { entry: 'other.py' })).rejects.toThrow('No asset is uploaded');
  await expect(cancelled).rejects.toThrow('The job failed');
});

// `pip install pyspark`, and Java 17.
const spark =
  spawnSync('python3', ['-c', 'import pyspark']).status === 0 && spawnSync('java', ['-version']).status === 0;

test.skipIf(!spark)(
  'the script on Spark counts the same (skipped without pyspark and Java)',
  { timeout: 600_000 },
  async () => {
    const folder = path.join(directory, 'spark');
    await mkdir(folder);
    await writeFile(path.join(folder, 'text'), text);
    const script = path.join(project, 'lambdas/tasks/spark/word_count.py');
    const done = spawnSync('python3', [script, path.join(folder, 'text'), path.join(folder, 'out')]);
    expect(done.status, done.stderr?.toString().slice(-2000)).toBe(0);
    const parts = async (name: string) => {
      const files = (await readdir(path.join(folder, 'out', name))).filter((file) => file.startsWith('part-'));
      return (await Promise.all(files.map((file) => readFile(path.join(folder, 'out', name, file), 'utf8')))).join('');
    };
    await runJob('spark/4');

    const pairs = (lines: string) => sorted(lines).map((line) => JSON.stringify(JSON.parse(line)));
    expect(pairs(await parts('counts'))).toEqual(pairs(await read('spark/4/counts/part-00000')));
    expect(JSON.parse(await parts('summary'))).toMatchObject({ engine: 'spark', words: 500, distinct: 7 });
  },
);
