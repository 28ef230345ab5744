import pg from 'pg';
import { runToEnd, startTestStack, type TestStack } from '../../test/support/stack.ts';
import { type Benchmark, figure, say, seconds } from '../figures.ts';
import { benchSeason } from './season-files.ts';

const runs = 5;

/** All counties of a season through the whole local flow: asked for by the API, fetched, backed up, loaded, reported. */
export const benchmark: Benchmark = {
  title: `Season ${benchSeason} of the sample site, 22 counties, through the whole flow on an empty stack`,
  async measure() {
    const times: number[] = [];
    const rates: number[] = [];
    for (let run = 1; run <= runs; run++) {
      const running = await startTestStack();
      try {
        const took = await seconds(() => runSeason(running));
        times.push(took);
        rates.push((await rowsLoaded(running)) / took);
      } finally {
        await running.stop();
      }
      say(`  round ${run} of ${runs}`);
    }
    return [
      figure('from POST /presale/runs to the end of the run', 's', times),
      figure('rows of the files, good and problem', 'rows/s', rates),
    ];
  },
};

async function runSeason(running: TestStack): Promise<void> {
  const request = { method: 'POST', body: JSON.stringify({ season: benchSeason }) };
  const { status, body } = await running.api('/presale/runs', request);
  if (status !== 202) throw new Error(`POST /presale/runs answered ${status}: ${JSON.stringify(body)}`);
  const name = (body as { result: { run_id: string } }).result.run_id;
  const end = await runToEnd(running.stack, name, 300_000);
  if (end.status !== 'SUCCEEDED') throw new Error(`The run ended ${JSON.stringify(end)}`);
}

async function rowsLoaded({ stack }: TestStack): Promise<number> {
  const client = new pg.Client({ connectionString: stack.services.postgres.url('postgres', 'millrace') });
  await client.connect();
  try {
    const { rows } = await client.query<{ rows: number }>(
      'SELECT sum(rows_read)::integer AS rows FROM presale.county_runs',
    );
    return rows[0]?.rows ?? 0;
  } finally {
    await client.end();
  }
}
