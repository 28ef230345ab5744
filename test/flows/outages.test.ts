import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DisturbedFlow, expectInOnce, startDisturbedFlow } from './outages.ts';

/**
 * The database and the bucket go away in the middle of a run. The outages here are short; those of a minute are in
 * test/long/outages.test.ts.
 */

const letters = ['A', 'F', 'W'];
const outageMs = 4000;
let disturbed: DisturbedFlow;

beforeAll(async () => {
  disturbed = await startDisturbedFlow({ PRESALE_COUNTIES: letters.join(','), PRESALE_RETRY_SECONDS: '1' });
}, 120_000);

afterAll(() => disturbed?.stop());

test.for([
  ['Plan the run', '2026-05-01'],
  ['Fetch and back up', '2026-05-11'],
  ['Load', '2026-05-21'],
  ['Is it loaded?', '2026-06-01'],
  ['Refresh the statistics', '2026-06-11'],
  ['Send the report', '2026-06-21'],
] as const)(
  'the database goes away in "%s": the run waits and ends once',
  { timeout: 120_000 },
  async ([state, date]) => {
    const { flow, database } = disturbed;
    flow.site.setToday(date);
    const entered = flow.next(state);
    const name = await flow.start({ publication_date: date });
    await entered;
    await database.begin();
    await sleep(outageMs);
    await database.end();

    expect(await flow.ended(name), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
    await expectInOnce(flow, date, letters);
  },
);

test.for([
  ['Fetch and back up', '2026-07-01'],
  ['Load', '2026-07-11'],
] as const)(
  'the bucket answers 503 in "%s": the run tries again and ends once',
  { timeout: 120_000 },
  async ([state, date]) => {
    const { flow } = disturbed;
    flow.site.setToday(date);
    const entered = flow.next(state);
    const name = await flow.start({ publication_date: date });
    await entered;
    flow.running.stack.refuse('s3', outageMs);

    expect(await flow.ended(name), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
    await expectInOnce(flow, date, letters);
  },
);

test('an outage that no retry outlasts is in the ledger with its reason, and a replay succeeds after it', {
  timeout: 180_000,
}, async () => {
  const { flow } = disturbed;
  const date = '2026-07-21';
  flow.site.setToday(date);
  const entered = flow.next('Is it loaded?');
  const name = await flow.start({ publication_date: date });
  await entered;
  flow.running.stack.refuse('s3', 600_000);
  expect(await flow.ended(name), flow.running.printed()).toMatchObject({ status: 'FAILED', error: 'GaveUp' });
  flow.running.stack.refuse('s3', 0);
  const { reason } = await flow.told(date);
  expect(reason).toContain('S3 answered 503');

  const failure = () =>
    flow.rows<{ id: number; state: string; reason: string; message: string }>(
      "select id, state, reason, message from platform.failures where source_kind = 'state-machine' and input like '%' || $1 || '%'",
      date,
    );
  await expect
    .poll(failure, { timeout: 60_000 })
    .toMatchObject([{ state: 'open', reason: 'GaveUp', message: expect.stringContaining('gave up: S3 answered 503') }]);
  const [{ id } = { id: 0 }] = await failure();
  expect(await flow.ask(`/platform/failures/${id}/replay`, { method: 'POST', body: '{}' })).toMatchObject({
    status: 202,
  });

  expect(await flow.ended(`replay-${id}`), flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
  await expectInOnce(flow, date, letters);
  await expect
    .poll(failure, { timeout: 30_000 })
    .toMatchObject([{ state: expect.stringMatching(/replayed|resolved/) }]);
});
