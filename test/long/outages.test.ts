import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DisturbedFlow, expectInOnce, startDisturbedFlow } from '../flows/outages.ts';

/** A minute without the database and a minute without S3 in the middle of a run: it goes on and is in once. */

const letters = ['A', 'F', 'W'];
const minuteMs = 60_000;
let disturbed: DisturbedFlow;

beforeAll(async () => {
  // The hour between rounds is a few seconds here; all other retries are the house's.
  disturbed = await startDisturbedFlow({ PRESALE_COUNTIES: letters.join(','), PRESALE_RETRY_SECONDS: '5' });
}, 240_000);

afterAll(() => disturbed?.stop());

async function startIn(state: string, date: string): Promise<string> {
  const { flow } = disturbed;
  flow.site.setToday(date);
  const entered = flow.next(state);
  const name = await flow.start({ publication_date: date });
  await entered;
  return name;
}

test('S3 answers 503 for a minute in the middle of a run', { timeout: 300_000 }, async () => {
  const { flow } = disturbed;
  const name = await startIn('Fetch and back up', '2026-05-11');
  flow.running.stack.refuse('s3', minuteMs);

  expect(await flow.ended(name, 240_000), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, '2026-05-11', letters);
});

test('S3 answers 503 for a minute while it is asked what is loaded', { timeout: 300_000 }, async () => {
  const { flow } = disturbed;
  const name = await startIn('Is it loaded?', '2026-06-01');
  flow.running.stack.refuse('s3', minuteMs);

  expect(await flow.ended(name, 240_000), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, '2026-06-01', letters);
});

test('the database is away for a minute in the middle of a run', { timeout: 300_000 }, async () => {
  const { flow, database } = disturbed;
  const name = await startIn('Load', '2026-05-21');
  await database.begin();
  await sleep(minuteMs);
  await database.end();

  expect(await flow.ended(name, 240_000), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, '2026-05-21', letters);
});
