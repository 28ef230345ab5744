import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HugeFile, hugeFile } from '../../local/sample-site/generated/huge-file.ts';
import { type Flow, startFlow, type ToldCounty } from '../flows/flow.ts';
import { lengths } from '../support/lengths.ts';

/** A file of up to 200 MB through the whole stack: it streams, so that no function's memory grows with it. */

const megabytes = lengths.fileMegabytes;
let flow: Flow;
let file: HugeFile;
let publication: string;
let told: ToldCounty | undefined;

beforeAll(async () => {
  flow = await startFlow({ PRESALE_COUNTIES: 'F', PRESALE_RETRY_SECONDS: '1', PRESALE_MAX_ATTEMPTS: '2' });
  publication = flow.site.current() ?? '';
  file = hugeFile({ seed: 'millrace', letter: 'F', date: publication, megabytes });
  flow.site.fault({ kind: 'huge', megabytes, county: 'F' });
  const name = await flow.start({ publication_date: publication });
  expect((await flow.ended(name, 20 * 60_000)).status, flow.running.printed()).toBe('SUCCEEDED');
  [told] = (await flow.told(publication)).results;
}, 25 * 60_000);

afterAll(() => flow?.stop());

const sourceKey = () => `presale/raw/${publication}/F.csv`;

/** The file's own count, line by line. */
async function counted(): Promise<{ rows: number; price: number; firstSerial: string; lastSerial: string }> {
  const serials: string[] = [];
  let [rows, price] = [0, 0];
  let header: string[] | undefined;
  for await (const line of createInterface({ input: file.read(), crlfDelay: Number.POSITIVE_INFINITY })) {
    header ??= line.replace(/^\uFEFF/, '').split(',');
    const cells = line.split(',');
    const value = Number(cells[header.indexOf('總價元')]);
    // The two header lines have names there.
    if (Number.isNaN(value)) continue;
    serials[Math.min(rows, 1)] = cells[header.indexOf('編號')] ?? '';
    rows += 1;
    price += value;
  }
  return { rows, price, firstSerial: serials[0] ?? '', lastSerial: serials[1] ?? '' };
}

test('every row is in the database, once, in the first round', async () => {
  const { rows, price, firstSerial, lastSerial } = await counted();
  const [inDatabase] = await flow.rows(
    `select count(*)::int as rows, sum(price_twd)::float8 as price, count(distinct serial_number)::int as serials,
      count(*) filter (where serial_number in ($2, $3))::int as ends from presale.deals where source_key = $1`,
    sourceKey(),
    firstSerial,
    lastSerial,
  );

  expect(rows).toBe(file.rows);
  expect(inDatabase).toEqual({ rows, price, serials: rows, ends: 2 });
  expect(told).toMatchObject({ state: 'loaded', rows_read: rows, good: rows, problems: 0, duplicates: 0 });
  expect((await flow.told(publication)).attempts).toBe(1);
});

test('its bytes are in the bucket as the site sent them', async () => {
  const s3 = new S3Client({
    region,
    credentials: flow.running.stack.services.credentials,
    endpoint: flow.running.stack.services.storage.s3Url,
  });
  const { Body, ContentLength } = await s3.send(
    new GetObjectCommand({ Bucket: 'millrace-raw-bucket', Key: sourceKey() }),
  );
  const stored = createHash('sha256');
  for await (const chunk of Body as AsyncIterable<Uint8Array>) stored.update(chunk);
  const sent = createHash('sha256');
  for await (const chunk of file.read()) sent.update(chunk as Uint8Array);

  expect(ContentLength).toBe(file.bytes);
  expect(stored.digest('hex')).toBe(sent.digest('hex'));
});

test.for(['presale/fetch-county', 'presale/load-county'])('%s stays within its memory', async (handler) => {
  const log = await readFile(path.join(flow.running.directory, 'log', 'stack.jsonl'), 'utf8');
  const done = new RegExp(`${handler}: (\\S+) in (\\d+) ms, (\\d+) MB`, 'g');
  const invocations = [...log.matchAll(done)].map(([, ending, , peak]) => ({ ending, peak: Number(peak) }));
  const size = flow.running.stack.functions.model(handler)?.memoryMegabytes ?? 0;

  expect(invocations.map(({ ending }) => ending)).toEqual(['done']);
  expect(invocations[0]?.peak).toBeGreaterThan(0);
  // Not only not killed: Lambda bills and kills by the peak, and the next file may be larger.
  expect(invocations[0]?.peak).toBeLessThan(size / 2);
  console.info(`${handler}: ${invocations[0]?.peak} of ${size} MB`);
});
