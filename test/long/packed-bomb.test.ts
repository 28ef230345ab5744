import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectLoaded, type Flow, startFlow } from '../flows/flow.ts';

/** Ten gigabytes in ten megabytes, behind a file that begins as it should: refused at the limit, in little memory. */

const date = '2026-05-01';
const key = `presale/raw/${date}/F.csv`;
let flow: Flow;

beforeAll(async () => {
  flow = await startFlow({
    PRESALE_COUNTIES: 'F',
    PRESALE_FETCH_SECONDS: '300',
    PRESALE_RETRY_SECONDS: '1',
    PRESALE_MAX_ATTEMPTS: '1',
  });
  flow.site.setToday(date);
  flow.site.fault({ kind: 'gzip-bomb', megabytes: 10_240, begins: 'file', county: 'F' });
  const name = await flow.start({ publication_date: date });
  expect(await flow.ended(name, 10 * 60_000), flow.running.printed()).toMatchObject({ status: 'FAILED' });
}, 12 * 60_000);

afterAll(() => flow?.stop());

test('it ends at the limit, and the ledger says so', async () => {
  expect(
    await flow.rows("select reason, message, state from platform.failures where source_kind = 'step'"),
  ).toMatchObject([
    { reason: 'TooLarge', message: expect.stringMatching(/larger than 1000000000 bytes$/), state: 'open' },
  ]);
  expect(await flow.stored(key)).toBeUndefined();
});

test('the function that read a gigabyte of it stays within its memory', async () => {
  const log = await readFile(path.join(flow.running.directory, 'log', 'stack.jsonl'), 'utf8');
  const peaks = [...log.matchAll(/presale\/fetch-county: \S+ in \d+ ms, (\d+) MB/g)].map(([, peak]) => Number(peak));
  const size = flow.running.stack.functions.model('presale/fetch-county')?.memoryMegabytes ?? 0;

  // No other try brings less: one is enough.
  expect(peaks).toHaveLength(1);
  expect(peaks[0]).toBeGreaterThan(0);
  expect(peaks[0]).toBeLessThan(size / 2);
  console.info(`presale/fetch-county: ${peaks[0]} of ${size} MB`);
});

test('when the site is well again, the same run loads the file', async () => {
  flow.site.clearFaults();

  expect(await flow.run({ publication_date: date })).toMatchObject({ status: 'SUCCEEDED' });
  await expectLoaded(flow, key, await flow.published('F'));
  expect(await flow.rows("select state from platform.failures where source_kind = 'step'")).toEqual([
    { state: 'resolved' },
  ]);
});
