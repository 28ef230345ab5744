import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { DuckDBInstance } from '@duckdb/node-api';
import { answer, type TableReader } from 'one-machine/services/athena/duck.ts';
import { objectsOf } from 'one-machine/services/athena.ts';
import { startStorage } from 'one-machine/services/storage.ts';
import { actions } from '../../lambdas/recommender/behavior/actions.ts';
import { behaviorColumns } from '../../lambdas/recommender/contract.ts';
import type { Question } from '../../lambdas/recommender/metrics/ports.ts';
import { textOf } from '../../lambdas/recommender/metrics/questions.ts';
import { type Benchmark, figure, say } from '../figures.ts';
import { treeProcessorSeconds } from '../process-tree.ts';
import { measured, type Took } from './measured.ts';

const events = 10_000_000;
const days = 30;
const runs = 3;
const prefix = 'recommender/behaviors/';
const scope = { tenant_id: 'shop', scenario_id: 'home', from: '2026-11-01', to: '2026-11-30' };
const questions: readonly (readonly [string, Exclude<Question, { readonly ask: 'trends' }>])[] = [
  ['CTR, conversion and active users of all', { ask: 'figures', scope, by: [] }],
  ['the same by day', { ask: 'figures', scope, by: ['day'] }],
  ['the same by strategy', { ask: 'figures', scope, by: ['strategy'] }],
  ['the funnel', { ask: 'funnel', scope }],
];

/**
 * The stand-in of Athena on one machine, from the question's text to its rows, out of the object store of this machine: with
 * its files taken as they lie, and beside it once with files fetched by the protocol, as it was before (and is with objects elsewhere).
 */
export const benchmark: Benchmark = {
  title: `metrics over ${events.toLocaleString('en')} events in Parquet, ${days} days, by DuckDB on two threads`,
  async measure() {
    const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
    const buckets = [{ name: 'raw', versioned: true }];
    const storage = await startStorage({ directory, buckets, queues: [], credentials: [credentials] });
    const s3 = new S3Client({ region: 'us-east-1', forcePathStyle: true, endpoint: storage.s3Url, credentials });
    try {
      for (let day = 1; day <= days; day += 1) await keepDay(s3, directory, day);
      say('  written');
      const fetched = objectsOf(s3);
      const inPlace = { ...fetched, bring: storage.bring };
      // Objects that came in parts are joined when they are first read.
      await ask(directory, questions[0]?.[1], inPlace);
      const figures = [];
      for (const [name, question] of questions) {
        const took: Took[] = [];
        for (let run = 0; run < runs; run += 1) took.push(await withDuck(() => ask(directory, question, inPlace)));
        const before = await withDuck(() => ask(directory, question, fetched));
        const of = (what: keyof Took, from: readonly Took[]) => from.map((one) => one[what]);
        figures.push(
          figure(`${name}: clock`, 's', of('clock', took)),
          figure(`${name}: processor`, 's', of('processor', took)),
          figure(`${name}, objects fetched: clock`, 's', of('clock', [before])),
          figure(`${name}, objects fetched: processor`, 's', of('processor', [before])),
        );
        say(`  ${name}`);
      }
      return figures;
    } finally {
      s3.destroy();
      await storage.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

const credentials = { accessKeyId: 'AKIABENCH', secretAccessKey: 'secret-of-the-bench' };

/** DuckDB is a process of its own. */
async function withDuck(work: () => Promise<unknown>): Promise<Took> {
  const before = treeProcessorSeconds(process.pid);
  const { clock } = await measured(work);
  return { clock, processor: treeProcessorSeconds(process.pid) - before };
}

async function ask(directory: string, question: (typeof questions)[number][1] | undefined, reader: TableReader) {
  if (!question) throw new Error('No question');
  const source = { table: 'behaviors', segments: 'segments', tenantFolder: scope.tenant_id };
  const found = await answer(
    {
      sql: textOf(question, { source, scope, knownActions: actions }),
      mostBytes: 10 ** 10,
      directory,
      tables: [
        {
          name: 'behaviors',
          database: 'd',
          location: `s3://raw/${prefix}`,
          columns: Object.entries(behaviorColumns).map(([name, type]) => ({ name, type })),
          partitionKeys: ['tenant', 'day'].map((name) => ({ name, type: 'string' })),
          parameters: { 'projection.tenant.type': 'injected' },
        },
      ],
    },
    reader,
  );
  if (found.rows.length === 0) throw new Error('Nothing was found');
}

/** In parts, as the writer of files uploads. */
async function keepDay(s3: S3Client, directory: string, day: number): Promise<void> {
  const date = `2026-11-${String(day).padStart(2, '0')}`;
  const file = path.join(directory, `${date}.parquet`);
  await writeDay(file, day, date);
  const params = {
    Bucket: 'raw',
    Key: `${prefix}tenant=shop/day=${date}/behaviors.parquet`,
    Body: createReadStream(file),
  };
  await new Upload({ client: s3, params, partSize: 8 * 1024 * 1024 }).done();
  await rm(file);
}

/** A day as the writer of files leaves it: in the order of its ids, compressed with snappy. */
async function writeDay(file: string, day: number, date: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' });
  const connection = await instance.connect();
  await connection.run(`SELECT setseed(${day / 100})`);
  const text = (value: string, name: string) => `${value}::VARCHAR AS ${name}`;
  await connection.run(`
    COPY (
      SELECT 'shop' AS tenant_id, 'home' AS scenario_id, ${text("'u' || (random() * 50000)::INT", 'user_id')},
        ${text("'i' || (random() * random() * 10000)::INT", 'item_id')},
        (['impression', 'impression', 'impression', 'impression', 'impression', 'impression', 'click', 'view', 'like', 'purchase'])[1 + (random() * 9)::INT] AS action,
        TIMESTAMP '${date} 00:00:00' + to_milliseconds((random() * 86399000)::BIGINT) AS "at",
        ${text(`'e${day}-' || n`, 'event_id')}, 0 AS part, ${text('md5((random() * 1e6)::INT::VARCHAR)', 'request_id')},
        (['similarity', 'hot', 'model', 'tags', 'new'])[1 + (random() * 4)::INT] AS strategy, (random() * 20)::INT AS slot,
        NULL::VARCHAR AS model_id, NULL::VARCHAR AS experiment_id, NULL::VARCHAR AS experiment_group,
        ${text('(n % 1000)', 'session_id')}, 'mobile' AS device, 'ios' AS os, '臺北' AS location, NULL::VARCHAR AS extra,
        random() AS duration, random() AS completion_rate, TIMESTAMP '${date} 00:00:00' AS received_at
      FROM range(${Math.ceil(events / days)}) AS numbers (n)
    ) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy)`);
  connection.closeSync();
  instance.closeSync();
}
