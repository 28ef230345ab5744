import pg from 'pg';
import { startTestStack } from '../../test/support/stack.ts';
import type { Benchmark, Figure } from '../figures.ts';
import { ask, secondsEach, withoutLimits } from '../requests.ts';

const counts = [10_000, 100_000] as const;

const queries: Readonly<Record<string, string>> = {
  'newest 50': '/platform/failures?state=open',
  '500 from 9,000 on': '/platform/failures?start=9000&length=500',
  'one reason': '/platform/failures?workload=presale&reason=Reason7',
};

/** GET /platform/failures by the bundled handler behind the local API: a page, and all that match counted by reason. */
export const benchmark: Benchmark = {
  title: `GET /platform/failures over failures of 20 reasons, ${secondsEach} s a run`,
  async measure() {
    const running = await startTestStack(withoutLimits);
    try {
      const figures: Figure[] = [];
      let there = 0;
      for (const count of counts) {
        await addFailures(running.stack.services.postgres.url('postgres', 'millrace'), there + 1, count);
        there = count;
        for (const [name, route] of Object.entries(queries)) {
          const what = `${count.toLocaleString('en-US')} failures, ${name}`;
          figures.push(...(await ask(running, { name: what, route, connections: 1 })));
        }
      }
      return figures;
    } finally {
      await running.stop();
    }
  },
};

async function addFailures(url: string, from: number, to: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(insert, [from, to]);
    await client.query('VACUUM ANALYZE platform.failures');
  } finally {
    await client.end();
  }
}

const insert = `
  INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, reason, message, input, attributes,
    occurred_at)
  SELECT 'bench-' || n, CASE WHEN n % 3 = 0 THEN 'tagger' ELSE 'presale' END, 'queue', 'start', 'Reason' || n % 20,
    repeat('m', 100), repeat('x', 1000), '{}', now() - n * interval '1 second'
  FROM generate_series($1::integer, $2::integer) AS n`;
