import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { actions } from '../../lambdas/recommender/behavior/actions.ts';
import { behaviorColumns } from '../../lambdas/recommender/contract.ts';
import type { Question } from '../../lambdas/recommender/metrics/ports.ts';
import { textOf } from '../../lambdas/recommender/metrics/questions.ts';
import { answer } from '../../local/services/athena/duck.ts';
import { type Benchmark, figure, say } from '../figures.ts';
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

/** The stand-in of Athena on one machine, from the question's text to its rows, files brought to it included. */
export const benchmark: Benchmark = {
  title: `metrics over ${events.toLocaleString('en')} events in Parquet, ${days} days, by DuckDB on two threads`,
  async measure() {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
    try {
      for (let day = 1; day <= days; day += 1) await writeDay(folder, day);
      say('  written');
      const figures = [];
      for (const [name, question] of questions) {
        const took: Took[] = [];
        for (let run = 0; run < runs; run += 1) took.push(await measured(() => ask(folder, question)));
        figures.push(
          figure(
            `${name}: clock`,
            's',
            took.map(({ clock }) => clock),
          ),
          figure(
            `${name}: processor`,
            's',
            took.map(({ processor }) => processor),
          ),
        );
        say(`  ${name}`);
      }
      return figures;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function ask(folder: string, question: (typeof questions)[number][1]): Promise<void> {
  const source = { table: 'behaviors', tenantFolder: scope.tenant_id };
  const found = await answer(
    {
      sql: textOf(question, { source, scope, knownActions: actions }),
      mostBytes: 10 ** 10,
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
    {
      async *list() {
        for (const name of await readdir(folder)) {
          const { size } = await stat(path.join(folder, name));
          yield { key: `${prefix}tenant=shop/day=${name}/behaviors.parquet`, size };
        }
      },
      read: (_bucket, key) =>
        readFile(path.join(folder, key.slice(`${prefix}tenant=shop/day=`.length).split('/')[0] ?? '')),
    },
  );
  if (found.rows.length === 0) throw new Error('Nothing was found');
}

/** A day as the writer of files leaves it: in the order of its ids, compressed with snappy. */
async function writeDay(folder: string, day: number): Promise<void> {
  const date = `2026-11-${String(day).padStart(2, '0')}`;
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
    ) TO '${path.join(folder, date).replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy)`);
  connection.closeSync();
  instance.closeSync();
}
