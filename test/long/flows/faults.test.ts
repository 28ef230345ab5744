import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../../packages/one-machine/test/support/pool.ts';
import { rawCsv } from '../../support/raw-csv.ts';
import { runToEnd, startTestStack, type TestStack } from '../../support/stack.ts';

/** AWS's bad days on purpose: everything twice, instances that die around their work, services that refuse. */

const counties = ['A', 'G', 'W', 'X'];

let running: TestStack;
let pool: pg.Pool;

beforeAll(async () => {
  running = await startTestStack({ PRESALE_COUNTIES: counties.join(','), PRESALE_RETRY_SECONDS: '1' });
  pool = openPool(running.stack.services.postgres.url('postgres', 'millrace'));
});

afterEach(() => running.stack.faults.set({ duplicate: false, crashBefore: 0, crashAfter: 0 }));

afterAll(async () => {
  await pool?.end();
  await running?.stop();
});

/** Runs one publication by its schedule and tells how it ended. */
async function publish(date: string): Promise<{ status: string }> {
  running.stack.services.site?.setToday(date);
  await running.stack.wiring.scheduler.trigger('Presale-Schedule-Schedule', new Date(`${date}T02:00:00Z`));
  return runToEnd(running.stack, `publication-${date}`, 600_000);
}

/** Good and problem rows of a publication, by county letter. */
async function kept(date: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ letter: string; rows: string }>(
    `select letter, sum(rows) as rows from (
       select substring(source_key from '/(.)\\.csv$') as letter, count(*) as rows from presale.deals
         where publication_date = $1 group by 1
       union all select letter, count(*) from presale.problems where publication_date = $1 group by 1) each group by 1`,
    [date],
  );
  return Object.fromEntries(rows.map(({ letter, rows: count }) => [letter, Number(count)]));
}

async function published(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const letter of counties) {
    const response = await fetch(
      `${running.stack.services.site?.url}//Download?fileName=${letter.toLowerCase()}_lvr_land_b.csv`,
    );
    if (response.ok) counts[letter] = rawCsv(new Uint8Array(await response.arrayBuffer())).rows.length;
  }
  return counts;
}

test('with every event and task delivered twice, each row is there once', { timeout: 600_000 }, async () => {
  running.stack.faults.set({ duplicate: true });

  expect(await publish('2026-08-01'), running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  expect(await kept('2026-08-01')).toEqual(await published());
});

test('with one instance in ten dying before or after its work, the run ends as ever', {
  timeout: 600_000,
}, async () => {
  running.stack.faults.set({ crashBefore: 0.05, crashAfter: 0.05 });

  expect(await publish('2026-08-11'), running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  expect(await kept('2026-08-11')).toEqual(await published());
});

test('a bucket that refuses for a while delays a run and loses nothing', { timeout: 600_000 }, async () => {
  running.stack.refuse('s3', 5000);

  expect(await publish('2026-08-21'), running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  expect(await kept('2026-08-21')).toEqual(await published());
});

test('a mail service that refuses keeps the report in its queue', { timeout: 600_000 }, async () => {
  const reports = async () =>
    (await running.stack.services.mail.mails()).filter(({ subject }) => subject.startsWith('Pre-sale deals')).length;
  const before = await reports();
  running.stack.refuse('ses', 2000);

  expect(await publish('2026-09-01'), running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  // The SDK tries for a moment; beyond it the message comes again after the queue's visibility timeout.
  await expect.poll(reports, { timeout: 600_000 }).toBeGreaterThan(before);
});
