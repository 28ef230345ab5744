import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type SampleSite, startSampleSite } from '../../../local/sample-site/start.ts';
import { bytesAt, countyPath, readRaw } from './reading.ts';

let site: SampleSite;
let whole: Uint8Array;

beforeAll(async () => {
  site = await startSampleSite({ today: new Date('2022-09-15T00:00:00Z') });
  whole = await bytesAt(site.url + countyPath('F'));
});
beforeEach(() => site.clearFaults());
afterAll(() => site.stop());

const get = (letter = 'F') => fetch(site.url + countyPath(letter));

test('a few kilobytes unpack to megabytes of zeros', async () => {
  site.fault({ kind: 'gzip-bomb', megabytes: 5, times: 2 });
  site.fault({ kind: 'zeros', megabytes: 2 });

  const { read } = await readRaw(site.url + countyPath('F'));
  expect(read.byteLength).toBeLessThan(20_000);
  expect((await bytesAt(site.url + countyPath('F'))).byteLength).toBe(5 * 1_048_576);
  const zeros = await bytesAt(site.url + countyPath('F'));
  expect(zeros.byteLength).toBe(2 * 1_048_576);
  expect(zeros.every((byte) => byte === 0)).toBe(true);
});

test('ten gigabytes behind a file weigh ten megabytes and begin as the file', async () => {
  site.fault({ kind: 'gzip-bomb', megabytes: 10_240, begins: 'file', times: 1 });
  site.fault({ kind: 'gzip-bomb', megabytes: 2, begins: 'file' });

  expect((await readRaw(site.url + countyPath('F'))).read.byteLength).toBeLessThan(35_000_000);
  const unpacked = await bytesAt(site.url + countyPath('F'));
  expect(Buffer.from(unpacked.subarray(0, whole.byteLength)).equals(whole)).toBe(true);
  expect(unpacked.byteLength).toBe(whole.byteLength + 2 * 1_048_576);
});

test('a reset comes before any answer', async () => {
  site.fault({ kind: 'reset' });

  await expect(get()).rejects.toThrow('fetch failed');
});

test('a silence begins in the middle and has no end', async () => {
  site.fault({ kind: 'silence' });
  const chunks: Buffer[] = [];

  const answer = new Promise<void>((resolve, reject) => {
    const asking = request(site.url + countyPath('F'), (response) => {
      response.on('data', (chunk) => chunks.push(chunk)).on('end', () => reject(new Error('It has ended')));
      setTimeout(() => resolve(void asking.destroy()), 300);
    })
      .on('error', () => undefined)
      .end();
  });
  await answer;

  expect(Buffer.concat(chunks).equals(whole.subarray(0, Math.floor(whole.byteLength / 2)))).toBe(true);
});

test('a length that is wrong either way', async () => {
  site.fault({ kind: 'wrong-length', times: 1 });
  site.fault({ kind: 'wrong-length', declared: 'double' });

  const half = await (await get()).bytes();
  expect(half.byteLength).toBe(Math.floor(whole.byteLength / 2));
  const { declared, read } = await readRaw(site.url + countyPath('F'));
  expect({ declared, read: read.byteLength }).toEqual({ declared: whole.byteLength * 2, read: whole.byteLength });
});

test('headers come without end', async () => {
  site.fault({ kind: 'endless-headers' });

  await expect(get()).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_OVERFLOW' } });
  expect((await get('H').catch((error: Error) => error.message)) as unknown).toBe('fetch failed');
});
