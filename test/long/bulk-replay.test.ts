import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectVersionsCommand, type ObjectVersion, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lengths } from '../support/lengths.ts';
import { askApi, askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/**
 * Failures are replayed through the real queue at a rate, and while the stack is killed without warning.
 * Their doors are objects: each delivery is a version, so that one too many shows.
 */

// A kill may fall between a delivery and the mark that tells of it, in each record that is being worked on.
const recordsAtOnce = 40;

interface Addresses {
  readonly s3: string;
}

interface Progress {
  readonly state: string;
  readonly sent: number;
  readonly waiting: number;
}

let directory: string;
let stack: StackProcess;
let addresses: Addresses;

async function start(): Promise<void> {
  stack = await startStackProcess(directory);
  addresses = await askConsole<Addresses>(stack, '/stack');
}

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  await start();
});

afterEach(async () => {
  await stack.interrupt();
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
});

const ask = <T>(route: string, body?: object) => askApi<T>(stack, directory, route, body);

async function fill(failures: number): Promise<void> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  await client.query(`
    insert into platform.failures (natural_key, workload, source_kind, source_name, door, reason, message, input,
      attributes, occurred_at)
    select 'n-' || n, 'presale', 'file', 'rows', 's3://millrace-raw-bucket/test/' || n, 'Away', 'm', '{"n":' || n || '}',
      '{}', now() - n * interval '1 second' from generate_series(1, ${failures}) n`);
  await client.end();
}

async function deliveries(): Promise<ObjectVersion[]> {
  const client = new S3Client({ region, credentials: stack.credentials, endpoint: addresses.s3, forcePathStyle: true });
  const found: ObjectVersion[] = [];
  const where = { Bucket: 'millrace-raw-bucket', Prefix: 'test/' };
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ ...where, ...from }));
    found.push(...(page.Versions ?? []));
    if (!page.IsTruncated) break;
    from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  client.destroy();
  return found;
}

const distinct = (versions: readonly ObjectVersion[]) => new Set(versions.map(({ Key }) => Key)).size;
const begin = (limit: number, rate: number) =>
  ask<{ id: number }>('/platform/failures/replay', { workload: 'presale', limit, rate });
const progress = (id: number) => ask<Progress>(`/platform/replays/${id}`);
const patience = { timeout: 10 * 60_000, interval: 2000 };

test('all go back at the asked rate, each once', async () => {
  const failures = lengths.replays;
  const rate = 100;
  await fill(failures);
  const begunAt = Date.now();
  const { id } = await begin(failures, rate);
  await expect.poll(() => progress(id), patience).toMatchObject({ state: 'done', sent: failures, waiting: 0 });
  await expect.poll(async () => distinct(await deliveries()), patience).toBe(failures);

  const versions = await deliveries();
  const times = versions.map(({ LastModified }) => LastModified?.getTime() ?? 0).toSorted((one, other) => one - other);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  console.info(`${failures} replays at ${rate} a second: ${seconds} s, ${(failures / seconds).toFixed(1)} a second`);
  expect(versions).toHaveLength(failures);
  // From the beginning to the last: deliveries that a busy machine bunches are no faster than asked.
  const lasted = ((times.at(-1) ?? 0) - begunAt) / 1000;
  expect(failures / lasted).toBeLessThanOrEqual(1.1 * rate);
});

test('killed again and again, it loses none and doubles only what a kill caught in the act', async () => {
  const kills = lengths.replayKills;
  const failures = lengths.replaysUnderKills;
  await fill(failures);
  const { id } = await begin(failures, 40);
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(4000 + Math.random() * 8000);
    await stack.kill();
    await start();
  }
  await expect.poll(() => progress(id), patience).toMatchObject({ state: 'done', sent: failures, waiting: 0 });
  await expect.poll(async () => distinct(await deliveries()), patience).toBe(failures);

  const twice = (await deliveries()).length - failures;
  console.info(`${kills} kills: ${twice} of ${failures} delivered twice`);
  expect(twice).toBeLessThanOrEqual(kills * recordsAtOnce);
});
