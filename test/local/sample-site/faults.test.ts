import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hugeFile } from '../../../local/sample-site/generated/huge-file.ts';
import { type SampleSite, startSampleSite } from '../../../local/sample-site/start.ts';
import { bytesAt, countyPath, listedDates, readCsv, readRaw } from './reading.ts';

let site: SampleSite;
let whole: Uint8Array;

beforeAll(async () => {
  site = await startSampleSite({ today: new Date('2022-09-15T00:00:00Z') });
  whole = await bytesAt(site.url + countyPath('F'));
});
beforeEach(() => site.clearFaults());
afterAll(() => site.stop());

const get = (letter = 'F') => fetch(site.url + countyPath(letter));
const list = async () => listedDates(await (await fetch(`${site.url}/DownloadHistory_ajax_list`)).text());

test.each([
  ['html-error', 200, '系統發生錯誤'],
  ['html-error', 500, '系統發生錯誤'],
  ['under-construction', 200, '施工中'],
] as const)('%s is a page with status %i that says %s', async (kind, status, words) => {
  site.fault({ kind, status });

  const response = await get();

  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('text/html');
  expect(await response.text()).toContain(words);
});

test('five times 500, then good', async () => {
  site.fault({ kind: 'status', status: 500, times: 5, retryAfterSeconds: 3 });

  const statuses: number[] = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const response = await get();
    statuses.push(response.status);
    expect(response.headers.get('retry-after')).toBe(attempt < 5 ? '3' : null);
    await response.bytes();
  }

  expect(statuses).toEqual([500, 500, 500, 500, 500, 200]);
});

test('a fault strikes only the county and the paths it names', async () => {
  site.fault({ kind: 'status', status: 503, county: 'f' });
  site.fault({ kind: 'status', status: 429, path: /ajax_list/ });

  expect((await get('F')).status).toBe(503);
  expect((await get('H')).status).toBe(200);
  expect((await fetch(`${site.url}/DownloadHistory_ajax_list`)).status).toBe(429);
});

test('a fault can be taken back by itself', async () => {
  const heal = site.fault({ kind: 'status', status: 503 });
  site.fault({ kind: 'status', status: 429, county: 'H' });

  heal();

  expect((await get('F')).status).toBe(200);
  expect((await get('H')).status).toBe(429);
});

test('half the bytes, then the connection is reset', async () => {
  site.fault({ kind: 'half-then-reset' });

  const { declared, read, ended } = await readRaw(site.url + countyPath('F'));

  expect(declared).toBe(whole.byteLength);
  expect(read.equals(whole.subarray(0, Math.floor(whole.byteLength / 2)))).toBe(true);
  expect(ended).toBe('ECONNRESET');
  await expect(get().then((response) => response.bytes())).rejects.toThrow('terminated');
});

test('half the bytes and a proper end, with the length of the whole declared', async () => {
  site.fault({ kind: 'truncated' });

  const { declared, read } = await readRaw(site.url + countyPath('F'));

  expect(declared).toBe(whole.byteLength);
  expect(read.byteLength).toBe(Math.floor(whole.byteLength / 2));
  await expect(get().then((response) => response.bytes())).rejects.toThrow('terminated');
});

test('half the bytes and a proper end without any length cannot be told from a whole file', async () => {
  site.fault({ kind: 'truncated', length: 'none' });

  const { declared, read, ended } = await readRaw(site.url + countyPath('F'));

  expect(declared).toBeUndefined();
  expect(read.equals(whole.subarray(0, Math.floor(whole.byteLength / 2)))).toBe(true);
  expect(ended).toBe('end');
});

test('half of a zip, whose length is not known before', async () => {
  const path = '//DownloadSeason?season=108S1&type=zip&fileName=lvr_landcsv.zip';
  const zip = await bytesAt(site.url + path);
  site.fault({ kind: 'truncated', length: 'none' });

  expect((await bytesAt(site.url + path)).byteLength).toBe(Math.floor(zip.byteLength / 2));
});

test('a picture or JSON where a file was asked for', async () => {
  site.fault({ kind: 'wrong-content-type', times: 1 });
  site.fault({ kind: 'wrong-content-type', contentType: 'application/json' });

  const picture = await get();
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect(
    Buffer.from(await picture.bytes())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');

  const json = await get();
  expect(json.headers.get('content-type')).toContain('application/json');
  expect(await json.json()).toMatchObject({ status: 'error' });
});

test('slow is as slow as it was ordered, and whole in the end', async () => {
  const small = await bytesAt(site.url + countyPath('V'));
  site.fault({ kind: 'slow', bytesPerSecond: small.byteLength * 2 });
  const start = performance.now();

  const dripped = await bytesAt(site.url + countyPath('V'));

  expect(Buffer.from(dripped).equals(small)).toBe(true);
  expect(performance.now() - start).toBeGreaterThan(400);
});

test('huge is a valid file of the ordered size and of known rows, the same each time', async () => {
  site.fault({ kind: 'huge', megabytes: 3 });
  const { rows, bytes } = hugeFile({ seed: 'millrace', letter: 'H', date: '2022-09-11', megabytes: 3 });

  const sent = await bytesAt(site.url + countyPath('H'));
  const file = readCsv(sent);

  expect(sent.byteLength).toBe(bytes);
  expect(bytes).toBeGreaterThanOrEqual(3 * 1_048_576);
  expect(bytes).toBeLessThan(3 * 1_048_576 + 1000);
  expect(file.rows).toHaveLength(rows);
  expect(file.rows.every((row) => row.length === file.header.length)).toBe(true);
  expect(new Set(file.rows.map((row) => file.cell(row, '編號'))).size).toBe(rows);
  expect(Buffer.from(await bytesAt(site.url + countyPath('H'))).equals(sent)).toBe(true);
});

test('two hundred megabytes are sent without being held', async () => {
  site.fault({ kind: 'huge', megabytes: 200 });
  const response = await get();
  const before = process.memoryUsage().rss;
  let [bytes, most] = [0, 0];

  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    most = Math.max(most, process.memoryUsage().rss - before);
  }

  expect(bytes).toBe(hugeFile({ seed: 'millrace', letter: 'F', date: '2022-09-11', megabytes: 200 }).bytes);
  expect(most).toBeLessThan(120 * 1_048_576);
});

test('not out: the list ends one publication earlier, or on the day of the order', async () => {
  expect((await list()).at(-1)).toBe('20220901');
  site.fault({ kind: 'not-out', times: 1 });
  site.fault({ kind: 'not-out', times: 1, lastDate: '2022-07-11' });

  expect((await get()).status).toBe(200);
  expect((await list()).at(-1)).toBe('20220821');
  expect(await list()).toEqual(['20220701', '20220711']);
  expect((await list()).at(-1)).toBe('20220901');
});

test('not out at the beginning of a season: the list is still that of the season before', async () => {
  site.setToday('2022-10-01');
  site.fault({ kind: 'not-out' });

  expect((await list()).at(-1)).toBe('20220911');

  site.setToday('2022-09-15');
});

test('a redirect leads to itself', async () => {
  site.fault({ kind: 'redirect-loop' });

  let url = site.url + countyPath('F');
  for (const _ of [1, 2]) {
    const response = await fetch(url, { redirect: 'manual' });
    url = new URL(response.headers.get('location') ?? '', url).href;

    expect(response.status).toBe(302);
    expect(url).toBe(`${site.url}/Download?fileName=f_lvr_land_b.csv`);
  }
});

test('a client that hangs up in the middle does the site no harm', async () => {
  site.fault({ kind: 'huge', megabytes: 200, times: 1 });
  const response = await get();
  await response.body?.cancel();

  expect(Buffer.from(await bytesAt(site.url + countyPath('F'))).equals(whole)).toBe(true);
});

test('faults are ordered, listed and cleared over HTTP; nonsense is refused with the reason', async () => {
  const order = (body: object) => fetch(`${site.url}/sample/faults`, { method: 'POST', body: JSON.stringify(body) });

  const listed = await (await order({ kind: 'status', status: 503, path: 'fileName=f_', times: 4 })).json();
  expect((await get()).status).toBe(503);
  expect(listed).toEqual([{ kind: 'status', status: 503, path: 'fileName=f_', times: 4, left: 4 }]);

  for (const wrong of [
    { kind: 'tornado' },
    { kind: 'slow', speed: 3 },
    { kind: 'zeros', path: '(' },
    { kind: 'zeros', times: 0 },
  ]) {
    const refused = await order(wrong);
    expect(refused.status, JSON.stringify(wrong)).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'Bad Request' });
  }

  await fetch(`${site.url}/sample/faults`, { method: 'DELETE' });
  expect(await (await fetch(`${site.url}/sample/faults`)).json()).toEqual([]);
  expect((await get()).status).toBe(200);
});

test('the requests that a fault struck are told apart', async () => {
  site.fault({ kind: 'under-construction', county: 'A', times: 1 });
  await get('A');

  expect(site.requests().at(-1)).toEqual({
    url: countyPath('A'),
    county: 'A',
    status: 200,
    fault: 'under-construction',
  });
});
