import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DisturbedFlow, expectInOnce, startDisturbedFlow } from '../flows/outages.ts';
import { lengths } from '../support/lengths.ts';

/** Up to a minute without the database, and without S3, in the middle of a run: it goes on and is in once. */

const letters = ['A', 'F', 'W'];
const { outageMs } = lengths;
/** The outage, and longer than a run takes on any machine. */
const runTimeoutMs = outageMs + 10 * 60_000;
let disturbed: DisturbedFlow;

beforeAll(async () => {
  // The hour between rounds is a few seconds here; all other retries are the house's.
  disturbed = await startDisturbedFlow({ PRESALE_COUNTIES: letters.join(','), PRESALE_RETRY_SECONDS: '5' });
});

afterAll(() => disturbed?.stop());

async function startIn(state: string, date: string): Promise<string> {
  const { flow } = disturbed;
  flow.site.setToday(date);
  const entered = flow.next(state);
  const name = await flow.start({ publication_date: date });
  await entered;
  return name;
}

test('S3 answers 503 in the middle of a run', async () => {
  const { flow } = disturbed;
  const name = await startIn('Fetch and back up', '2026-05-11');
  flow.running.stack.refuse('s3', outageMs);

  expect(await flow.ended(name, runTimeoutMs), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, '2026-05-11', letters);
});

test('S3 answers 503 while it is asked what is loaded', async () => {
  const { flow } = disturbed;
  const name = await startIn('Is it loaded?', '2026-06-01');
  flow.running.stack.refuse('s3', outageMs);

  expect(await flow.ended(name, runTimeoutMs), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, '2026-06-01', letters);
});

test.for(
  (
    [
      ['Load', '2026-05-21'],
      ['Refresh the statistics', '2026-06-11'],
      ['Fetch and back up', '2026-06-21'],
      ['Is it loaded?', '2026-07-01'],
      ['Send the report', '2026-07-11'],
    ] as const
  ).slice(0, lengths.databaseOutages),
)('the database is away in "%s" of a run', async ([state, date]) => {
  const { flow, database } = disturbed;
  const name = await startIn(state, date);
  await database.begin();
  await sleep(outageMs);
  await database.end();

  expect(await flow.ended(name, runTimeoutMs), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, date, letters);
});
