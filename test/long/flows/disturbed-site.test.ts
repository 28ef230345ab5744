import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultOrder } from '../../../local/sample-site/faults.ts';
import { expectLoaded, type Flow, startFlow } from '../../flows/flow.ts';

/** The site fails for a while in every way it can; what is loaded is what its good answer holds, and nothing else. */

/** One fault for each county, and how often it strikes. */
const faults: Readonly<Record<string, FaultOrder & { readonly times: number }>> = {
  A: { kind: 'half-then-reset', times: 2 },
  B: { kind: 'truncated', times: 2 },
  C: { kind: 'html-error', status: 200, times: 2 },
  D: { kind: 'html-error', status: 500, times: 2 },
  E: { kind: 'under-construction', status: 404, times: 1 },
  F: { kind: 'status', status: 500, times: 5 },
  G: { kind: 'wrong-content-type', times: 1 },
  H: { kind: 'wrong-content-type', contentType: 'application/json', times: 1 },
  // Five redirects are followed: one try.
  I: { kind: 'redirect-loop', times: 6 },
  J: { kind: 'slow', bytesPerSecond: 20_000, times: 1 },
  K: { kind: 'status', status: 429, retryAfterSeconds: 1, times: 1 },
  M: { kind: 'gzip-bomb', megabytes: 50, times: 1 },
  N: { kind: 'zeros', megabytes: 50, times: 1 },
  P: { kind: 'reset', times: 2 },
  Q: { kind: 'endless-headers', times: 1 },
  T: { kind: 'wrong-length', declared: 'half', times: 1 },
  U: { kind: 'wrong-length', declared: 'double', times: 1 },
  V: { kind: 'truncated', length: 'none', times: 1 },
};

const date = '2022-09-11';
const rawKey = (letter: string) => `presale/raw/${date}/${letter}.csv`;
let flow: Flow;

beforeAll(async () => {
  flow = await startFlow();
  flow.site.setToday(date);
  for (const [county, fault] of Object.entries(faults)) flow.site.fault({ ...fault, county });
  flow.site.fault({ kind: 'html-error', path: 'DownloadHistory', times: 1 });

  const run = { publication_date: date, counties: [...Object.keys(faults), 'O', 'Z'] };
  expect((await flow.run(run)).status, flow.running.printed()).toBe('SUCCEEDED');
}, 600_000);

afterAll(() => flow?.stop());

test.for(Object.entries(faults))('county %s: %o', async ([letter, { kind, times }]) => {
  const struck = flow.site.requests().filter(({ county, fault }) => county === letter && fault === kind);

  expect(struck).toHaveLength(times);
  await expectLoaded(flow, rawKey(letter), await flow.published(letter));
  expect(await flow.stored(rawKey(letter))).toEqual(await flow.published(letter));
});

test('nobody had to wait an hour for it', async () => {
  expect(await flow.told(date)).toMatchObject({ state: 'complete', attempts: 1 });
});

test('a county that answers 404 is empty, not failed', async () => {
  const { results } = await flow.told(date);
  const empty = results.filter(({ state }) => state === 'empty').map(({ letter }) => letter);

  expect(await flow.published('Z')).toBeUndefined();
  expect(empty).toEqual(['Z']);
  expect(await flow.stored(rawKey('Z'))).toBeUndefined();
});

test('the list that was an error page first is asked again', () => {
  const lists = flow.site.requests().filter(({ url }) => url.includes('DownloadHistory'));

  expect(lists.map(({ fault }) => fault)).toEqual(['html-error', undefined]);
});
