import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultOrder } from '../../../local/sample-site/faults.ts';
import { expectLoaded, type Flow, startFlow, type ToldCounty } from '../../flows/flow.ts';

/** The site does its worst for as long as a run lasts: each kind ends with a reason of its own, and passes with its cause. */

interface Hostility {
  readonly fault: FaultOrder;
  /** What the ledger groups by, and what a person reads. */
  readonly reason: string;
  readonly says: RegExp;
}

const hostilities: Readonly<Record<string, Hostility>> = {
  A: { fault: { kind: 'html-error' }, reason: 'HtmlInsteadOfCsv', says: /an HTML page: .*系統發生錯誤/ },
  B: { fault: { kind: 'under-construction', status: 404 }, reason: 'HtmlInsteadOfCsv', says: /404 with .*施工中/ },
  C: { fault: { kind: 'status', status: 500 }, reason: 'ServerError', says: /answered 500$/ },
  D: { fault: { kind: 'status', status: 429 }, reason: 'ThrottledError', says: /asks for fewer requests$/ },
  E: { fault: { kind: 'half-then-reset' }, reason: 'CutOff', says: /inside the body: the connection was reset/ },
  F: { fault: { kind: 'truncated' }, reason: 'CutOff', says: /the body is not as long as the answer says/ },
  G: { fault: { kind: 'truncated', length: 'none' }, reason: 'TruncatedFile', says: /ends in the middle of a row$/ },
  H: { fault: { kind: 'wrong-length', declared: 'double' }, reason: 'CutOff', says: /not as long as the answer says/ },
  I: { fault: { kind: 'wrong-length' }, reason: 'TruncatedFile', says: /ends in the middle of a row$/ },
  J: { fault: { kind: 'slow', bytesPerSecond: 50 }, reason: 'Timeout', says: /not done after 6000 ms$/ },
  K: { fault: { kind: 'silence' }, reason: 'Timeout', says: /silent for 2000 ms inside the body$/ },
  M: { fault: { kind: 'redirect-loop' }, reason: 'RedirectLoop', says: /redirected more than 5 times/ },
  O: { fault: { kind: 'gzip-bomb', megabytes: 10_240 }, reason: 'NoFileOfDeals', says: /no file of deals: “·+”$/ },
  P: { fault: { kind: 'endless-headers' }, reason: 'BrokenAnswer', says: /the headers of the answer have no end/ },
  Q: { fault: { kind: 'reset' }, reason: 'CutOff', says: /csv: the connection (was reset|ended before the answer)/ },
  T: { fault: { kind: 'wrong-content-type' }, reason: 'NoFileOfDeals', says: /content type image\/png$/ },
};

const date = '2022-09-11';
const letters = Object.keys(hostilities);
const rawKey = (letter: string) => `presale/raw/${date}/${letter}.csv`;
let flow: Flow;
let told: readonly ToldCounty[];
let failures: readonly Failure[];

beforeAll(async () => {
  flow = await startFlow({
    PRESALE_FETCH_SECONDS: '6',
    PRESALE_FETCH_ATTEMPTS: '1',
    PRESALE_RETRY_SECONDS: '1',
    PRESALE_MAX_ATTEMPTS: '1',
  });
  flow.site.setToday(date);
  for (const [county, { fault }] of Object.entries(hostilities)) flow.site.fault({ ...fault, county });

  const run = { publication_date: date, counties: [...letters, 'W'] };
  expect((await flow.run(run)).status, flow.running.printed()).toBe('FAILED');
  told = (await flow.told(date)).results;
  failures = await ledger();
}, 600_000);

afterAll(() => flow?.stop());

interface Failure {
  readonly county: string;
  readonly reason: string;
  readonly message: string;
  readonly state: string;
}

/** Counties and the execution in the failure ledger; problem rows are another matter. */
function ledger(): Promise<Failure[]> {
  return flow.rows(`select input::json ->> 'counties' as county, reason, message, state from platform.failures
    where source_kind in ('step', 'state-machine') order by id`);
}

test.for(Object.entries(hostilities))('county %s: %o', ([letter, { reason, says }]) => {
  expect(told.find((county) => county.letter === letter)).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(says),
  });
  expect(failures.filter(({ county }) => county === `["${letter}"]`)).toMatchObject([
    { reason, message: expect.stringMatching(says), state: 'open' },
  ]);
});

test('the run itself is in the ledger, and says which counties are missing', async () => {
  const isExecution = ({ reason }: Failure) => reason === 'GaveUp';
  await expect
    .poll(async () => (await ledger()).filter(isExecution), { timeout: 600_000 })
    .toMatchObject([
      {
        state: 'open',
        message: expect.stringContaining(`gave up: Counties that are not loaded: ${letters.join(', ')}`),
      },
    ]);
});

test('nothing of it is taken for a backup, and nothing is loaded', async () => {
  for (const letter of letters) expect(await flow.stored(rawKey(letter).replace('.csv', '.json'))).toBeUndefined();
  expect(await flow.rows('select distinct source_key from presale.deals')).toEqual([{ source_key: rawKey('W') }]);
});

test('the one county that the site serves is loaded', async () => {
  await expectLoaded(flow, rawKey('W'), await flow.published('W'));
});

test('the run is partial, and what is loaded is in the statistics; a run of the loaded county hides no other', {
  timeout: 600_000,
}, async () => {
  const partial = { state: 'partial', reason: expect.stringMatching(new RegExp(`^Not loaded: ${letters[0]} .*`)) };
  const all = [...letters, 'W'].toSorted();
  const counties = async () => (await flow.told(date)).results.map(({ letter }) => letter);
  expect(await flow.told(date)).toMatchObject(partial);
  expect(await counties()).toEqual(all);
  expect(await flow.rows('select distinct county from presale.deal_statistics_monthly')).toEqual([
    { county: '金門縣' },
  ]);
  expect(await flow.rows('select state from platform.runs')).toEqual([{ state: 'partial' }]);

  expect(await flow.run({ publication_date: date, counties: ['W'] })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await flow.told(date)).toMatchObject(partial);
  expect(await counties()).toEqual(all);
  expect(await flow.rows('select state from platform.runs')).toEqual([{ state: 'partial' }]);
  // A run ends before its mail has gone through the queue.
  await expect
    .poll(async () => (await flow.running.stack.services.mail.mails()).map(({ subject }) => subject))
    .toEqual(
      expect.arrayContaining([
        `Pre-sale deals: run ${date} gave up and is partial`,
        expect.stringContaining(`${letters.length} other counties not loaded`),
      ]),
    );
});

test('the function that fetches stays within its memory', async () => {
  const log = await readFile(path.join(flow.running.directory, 'log', 'stack.jsonl'), 'utf8');
  const peaks = [...log.matchAll(/presale\/fetch-county: \S+ in \d+ ms, (\d+) MB/g)].map(([, peak]) => Number(peak));
  const size = flow.running.stack.functions.model('presale/fetch-county')?.memoryMegabytes ?? 0;

  // Each county that failed was tried four times by the state machine.
  expect(peaks.length).toBeGreaterThan(letters.length * 3);
  expect(Math.min(...peaks)).toBeGreaterThan(0);
  expect(Math.max(...peaks)).toBeLessThan(size / 4);
});

test('when the site is well again, the same run loads every county', { timeout: 600_000 }, async () => {
  flow.site.clearFaults();

  expect((await flow.run({ publication_date: date, counties: letters })).status, flow.running.printed()).toBe(
    'SUCCEEDED',
  );
  for (const letter of letters) {
    await expectLoaded(flow, rawKey(letter), await flow.published(letter));
    expect(await flow.stored(rawKey(letter))).toEqual(await flow.published(letter));
  }
  expect((await ledger()).filter(({ state }) => state === 'open')).toEqual([]);
  expect(await flow.told(date)).toMatchObject({ state: 'complete', reason: null });
  expect(await flow.rows('select state from platform.runs')).toEqual([{ state: 'succeeded' }]);
});
