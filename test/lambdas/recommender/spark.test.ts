import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { type Storage, startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { objectStore } from '../../../lambdas/adapters/object-store.ts';
import { parquetRows } from '../../../lambdas/adapters/objects/parquet.ts';
import { cleanUp } from '../../../lambdas/recommender/cleanup/clean-up.ts';
import { cleanupPorts } from '../../../lambdas/recommender/cleanup/cleanup-store.ts';
import { modelBook } from '../../../lambdas/recommender/registry/model-store.ts';
import { modelFiles } from '../../../lambdas/recommender/registry/models-bucket.ts';
import { slice } from '../../../lambdas/recommender/registry/slice.ts';
import { outgrownRows, trainingRows } from '../../../lambdas/recommender/registry/training-store.ts';
import { outputFolder, pairColumns, pairsKey, sparkParameters } from '../../../lambdas/recommender/spark/job.ts';
import { sparkFilesIn } from '../../../lambdas/recommender/spark/spark-files-bucket.ts';
import { type TrainingPorts, trainOrHandOver } from '../../../lambdas/recommender/spark/train-or-hand-over.ts';
import { sparkJobs } from '../../../local/spark-jobs.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { pythonWith } from '../../support/python.ts';
import { emptied, now } from './scenario-under-test.ts';

const project = path.join(import.meta.dirname, '..', '..', '..');
const task = { schedule: 'train-model', scheduled_time: now.toISOString(), tenant: 't1', scenario: 's1', marker: 'm' };

let directory: string;
let storage: Storage;
let database: TestDatabase<unknown>;
let seen: string[];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  const buckets = [{ name: 'raw', versioned: true }];
  storage = await startStorage({ credentials: [testCredentials], directory, buckets, queues: [] });
  useLocalAws({ AWS_ENDPOINT_URL_S3: storage.s3Url });
  database = await startTestDatabase<unknown>();
  await writeFile(path.join(directory, 'asset.abc.py'), '');
}, 600_000);

afterAll(async () => {
  await database?.stop();
  await storage?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Users of two tastes, some of whom are sparing, and one who is a program. */
beforeEach(async () => {
  seen = [];
  await emptied(database);
  await sql`SELECT recommender.make_day('behaviors', '2026-11-29')`.execute(database.app.query);
  await sql`
    INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, received_at)
    SELECT 't1', 's1', '使用者 ' || u, 'i"' || i, 'click', '2026-11-29T12:00:00Z', '2026-11-29', u || '-' || i, now()
    FROM generate_series(1, 120) AS u, generate_series(1, 40) AS i
    WHERE hashint8extended(u * 1000 + i, 1) % 10 < CASE WHEN u % 2 = i % 2 THEN 5 ELSE -8 END`.execute(
    database.admin.query,
  );
  await sql`
    INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, received_at)
    SELECT 't1', 's1', 'a program', 'p' || i, 'view', '2026-11-29T12:00:00Z', '2026-11-29', 'p' || i, now()
    FROM generate_series(1, 5001) AS i`.execute(database.admin.query);
});

const ports = (sparkAbove: number): TrainingPorts => ({
  rows: trainingRows(database.app),
  models: modelBook(database.app),
  outgrown: outgrownRows(database.app),
  files: modelFiles('raw'),
  spark: sparkFilesIn('raw'),
  sparkAbove,
  markers: { done: async (_schedule, _key, marker) => void seen.push(marker) },
  newId: randomUUID,
  clock: () => now,
});

async function pairsOf(run: string) {
  const bytes = Buffer.concat(await Array.fromAsync(await objectStore('raw').read(pairsKey(run))));
  const file = new Uint8Array(bytes).buffer;
  return { bytes, pairs: (await Array.fromAsync(parquetRows(file, pairColumns))).flat() };
}

async function onlineModel() {
  const model = await modelBook(database.app).online({ tenant: 't1', scenario: 's1' });
  if (!model) throw new Error('No model is online');
  return model;
}

test('what is few enough is trained here, and another kind is never handed over', async () => {
  expect(await trainOrHandOver({ ...task, kind: 'popular' }, ports(10))).toMatchObject({
    job: null,
    counts: { trained: 1 },
  });
  expect(await trainOrHandOver(task, ports(100_000))).toMatchObject({ job: null, counts: { trained: 1 } });
  expect(seen).toEqual(['m', 'm']);
});

test('what is too much for a function is handed over without names, solved, measured on the slice and put online', async () => {
  const { job, counts } = await trainOrHandOver(task, ports(1000));
  if (job === null) throw new Error('Nothing was handed over');
  const { bytes, pairs } = await pairsOf(job);
  const all = await trainingRows(database.app).interactions({ tenant: 't1', scenario: 's1' }, new Date(0), now);

  expect(counts).toEqual({});
  expect(pairs).toHaveLength(slice(all).learnt.length);
  expect(bytes.toString('utf8')).not.toMatch(/使用者|program/);
  // Nothing is trained yet: a slot that breaks off here is done again.
  expect(seen).toEqual([]);

  const SparkSubmit = {
    EntryPoint: 's3://assets/abc.py',
    EntryPointArguments: [
      `s3://raw/${pairsKey(job)}`,
      `s3://raw/${outputFolder(job)}`,
      JSON.stringify(sparkParameters),
    ],
  };
  const { accessKeyId, secretAccessKey } = testCredentials;
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_S3: storage.s3Url,
  };
  await sparkJobs({ project, assembly: directory, environment })(
    {
      ApplicationId: 'a',
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/job',
      Name: 'recommender/train-als',
      ExecutionTimeoutMinutes: 5,
      JobDriver: { SparkSubmit },
    },
    new AbortController().signal,
  );
  expect(await trainOrHandOver({ ...task, job }, ports(1000))).toMatchObject({
    job: null,
    counts: { trained: 1, promoted: 1 },
  });

  const model = await onlineModel();
  expect(model).toMatchObject({ kind: 'ials', parameters: sparkParameters });
  expect(model.chosen_because).toMatch(/above the 1000 of a function, its factors are Spark’s/);
  expect(model.metrics.own.ndcg).toBeGreaterThan(model.metrics.beside?.measures.ndcg ?? 1);
  expect(seen).toEqual(['m']);
  expect(await Array.fromAsync(objectStore('raw').list('recommender/spark/'))).toEqual([]);

  // Its answer may get lost: asked again it is the same model, not a second one without the job's files.
  expect(await trainOrHandOver({ ...task, job }, ports(1000))).toMatchObject({ counts: { trained: 1, promoted: 1 } });
  expect(await onlineModel()).toEqual(model);
  const { rows } = await sql`SELECT FROM recommender.models WHERE tenant_id = 't1'`.execute(database.app.query);
  expect(rows).toHaveLength(1);
});

test('a job that left no factors makes no model', async () => {
  const { job } = await trainOrHandOver(task, ports(1000));

  await expect(trainOrHandOver({ ...task, job }, ports(1000))).rejects.toThrow('no factors');

  expect(await modelBook(database.app).online({ tenant: 't1', scenario: 's1' })).toBeUndefined();
  expect(seen).toEqual([]);
});

test('a model of Spark is measured without programs, like every other', async () => {
  const day = [{ tenant: 't1', scenario: 's1' }, new Date('2026-11-29'), now] as const;

  const sample = await outgrownRows(database.app).sample(...day, 1);

  expect(sample.length).toBeGreaterThan(0);
  expect(sample).toHaveLength((await trainingRows(database.app).interactions(...day)).length);
});

test('what nobody came back for goes with all its versions after a day', async () => {
  const key = pairsKey('00000000-0000-4000-8000-000000000001');
  for (const body of ['pairs', 'pairs again']) await objectStore('raw').put(key, body);
  await objectStore('raw').put('recommender/models/t1', 'a model');
  const env = { RAW_BUCKET: 'raw', FILES_QUEUE_URL: 'http://none', FILES_DELAY_MS: 1 };
  const cleaned = async (hours: number) => {
    const when = new Date(Date.now() + hours * 60 * 60 * 1000);
    return (await cleanUp(when, { hotDays: 30, modelDays: 90 }, cleanupPorts(database.app, env))).spark_files;
  };
  const sparkKeys = () => Array.fromAsync(objectStore('raw').list('recommender/spark/'));

  expect([await cleaned(23), await sparkKeys()]).toEqual([0, expect.arrayContaining([key])]);
  expect(await cleaned(25)).toBeGreaterThanOrEqual(2);
  expect([await cleaned(25), await sparkKeys()]).toEqual([0, []]);
  expect(await objectStore('raw').readText('recommender/models/t1')).toBe('a model');
});

// `pip install pyspark numpy`, and Java 17; MILLRACE_PYTHON names the Python that has them.
const python = await pythonWith('pyspark, numpy');
const missing =
  'missing' in python ? python.missing : spawnSync('java', ['-version']).status === 0 ? undefined : 'there is no Java';

test.skipIf(missing !== undefined)(
  `the script on Spark makes a model that is no worse than popular items (skipped: ${missing ?? 'never'})`,
  async () => {
    const { job } = await trainOrHandOver(task, ports(1000));
    if (job === null || 'missing' in python) throw new Error('Nothing was handed over');
    const folder = path.join(directory, 'spark');
    await mkdir(folder);
    await writeFile(path.join(folder, 'pairs.parquet'), (await pairsOf(job)).bytes);
    const script = path.join(project, 'lambdas/recommender/spark/train_als.py');
    const output = path.join(folder, 'out');
    const places = [path.join(folder, 'pairs.parquet'), output].map((place) => pathToFileURL(place).href);

    const done = spawnSync(python.program, [script, ...places, JSON.stringify(sparkParameters)], {
      env: {
        ...process.env,
        PYSPARK_PYTHON: python.program,
        // So few rows in two hundred partitions would take minutes.
        PYSPARK_SUBMIT_ARGS: '--master local[2] --conf spark.sql.shuffle.partitions=2 pyspark-shell',
      },
    });
    expect(done.status, done.stderr?.toString().slice(-2000)).toBe(0);
    const parts = (await readdir(path.join(output, 'factors'))).filter((file) => file.startsWith('part-'));
    for (const part of parts)
      await objectStore('raw').put(
        `${outputFolder(job)}/factors/${part}`,
        await readFile(path.join(output, 'factors', part)),
      );
    await trainOrHandOver({ ...task, job }, ports(1000));

    const model = await onlineModel();
    expect(model.kind).toBe('ials');
    expect(model.metrics.own.ndcg).toBeGreaterThan(model.metrics.beside?.measures.ndcg ?? 1);
  },
);
