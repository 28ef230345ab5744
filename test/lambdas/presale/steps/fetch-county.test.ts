import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ThrottledError, TransientError } from '../../../../lambdas/kit/errors.ts';
import type { AskSite } from '../../../../lambdas/presale/ports.ts';
import { fetchCounty } from '../../../../lambdas/presale/steps/fetch-county.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { samplePlan } from '../plan.ts';
import { encoded, sampleFile, sampleHeader, sampleLine, streamed } from '../sample-file.ts';

const file = Buffer.from(sampleFile([sampleLine()]));
const csv = 'text/csv';

function site(body: Uint8Array | string, status = 200, contentType = csv) {
  const raw = fakeRawFiles();
  const asked: string[] = [];
  const ask: AskSite = (url, read) => {
    asked.push(url);
    return read({ status, contentType, body: streamed(Buffer.from(body), 100) });
  };
  const clock = () => new Date('2022-09-11T02:00:00Z');
  return { raw, asked, ports: { ask, raw, clock, siteUrl: 'https://plvr.land.moi.gov.tw' } };
}

const fetchF = (at: ReturnType<typeof site>, plan = samplePlan(), shows: 'current' | 'replaced' = 'current') =>
  fetchCounty({ plan, county: 'F', site: shows }, at.ports);

test('a file is kept byte for byte, and its receipt says what it is', async () => {
  const at = site(file);

  const outcome = await fetchF(at);
  const sha256 = createHash('sha256').update(file).digest('hex');
  expect(outcome).toEqual({
    county: 'F',
    state: 'backed-up',
    source_key: 'presale/raw/2022-09-11/F.csv',
    sha256,
    bytes: file.length,
    fetch_ms: 0,
  });
  expect(at.raw.objects.get('presale/raw/2022-09-11/F.csv')?.equals(file)).toBe(true);
  expect(JSON.parse(String(at.raw.objects.get('presale/raw/2022-09-11/F.json')))).toEqual({
    sha256,
    bytes: file.length,
    url: at.asked[0],
    fetched_at: '2022-09-11T02:00:00.000Z',
    content_type: csv,
  });
});

test('a publication and a season are asked for as the site wants it', async () => {
  const at = site(file);
  await fetchF(at);
  await fetchF(at, samplePlan({ name: '110S4', season: '110S4', publication_date: '2021-10-02' }));

  expect(at.asked).toEqual([
    'https://plvr.land.moi.gov.tw//Download?fileName=f_lvr_land_b.csv',
    'https://plvr.land.moi.gov.tw//DownloadSeason?season=110S4&fileName=F_lvr_land_B.csv',
  ]);
});

test.each(['big5', 'gb18030', 'utf-16le', 'utf-16be'] as const)(
  'a file in %s is kept as it came, and refused where its bytes are none of it, or where it is cut',
  async (encoding) => {
    const body = encoded(file.toString().replace('\uFEFF', encoding.startsWith('utf') ? '\uFEFF' : ''), encoding);
    const at = site(body);
    expect(await fetchF(at)).toMatchObject({ state: 'backed-up', bytes: body.length });
    expect(at.raw.objects.get('presale/raw/2022-09-11/F.csv')?.equals(body)).toBe(true);

    // A lone surrogate; elsewhere the first half of a character without its other.
    const wrong = encoding === 'utf-16le' ? [0x00, 0xd8] : encoding === 'utf-16be' ? [0xd8, 0x00] : [0xa4, 0x0a];
    const middle = 2 * Math.floor(body.length / 4);
    const spoilt = Buffer.concat([
      body.subarray(0, middle),
      Buffer.from(wrong),
      Buffer.from(encoded('a,b\r\n', encoding)),
    ]);
    await expect(fetchF(site(spoilt))).rejects.toThrow(`a file in ${encoding.toUpperCase()} with bytes that are none`);
    await expect(fetchF(site(body.subarray(0, -encoded('\n', encoding).length * 2)))).rejects.toThrow(
      'middle of a row',
    );
  },
);

test.each([
  ['a file whose first line is blank, where the header is expected', Buffer.concat([Buffer.from('\r\n'), file])],
])('%s is told as such', async (words, body) => {
  await expect(fetchF(site(body))).rejects.toThrow(words);
});

test('a file that ends inside its last cell, or whose lines end with CR alone, is no backup', async () => {
  const whole = Buffer.from(file);
  for (const [body, words] of [
    [whole.subarray(0, whole.length - 2), 'ends in the middle of a row'],
    [Buffer.from(whole.toString().replaceAll('\r\n', '\r')), 'end with CR alone'],
  ] as const) {
    const at = site(body);
    await expect(fetchF(at)).rejects.toThrow(words);
    expect(at.raw.objects.has('presale/raw/2022-09-11/F.json')).toBe(false);
  }
});

test('a backup that is there is never fetched again', async () => {
  const at = site(file);
  const first = await fetchF(at);

  expect(await fetchF(at)).toEqual(first);
  expect(at.asked).toHaveLength(1);
});

test('a run that is told so fetches a backup anew, once, and beside the old one', async () => {
  const old = site(file);
  await fetchF(old);
  const better = sampleFile([sampleLine(), sampleLine({ 編號: 'RPTEST00S2' })]);
  const at = site(better);
  for (const [key, bytes] of old.raw.objects) at.raw.objects.set(key, bytes);
  const plan = samplePlan({ run_id: 'publication-2022-09-11-2', refetch: true });
  const source_key = 'presale/raw/2022-09-11/F.publication-2022-09-11-2.csv';

  expect(await fetchF(at, plan)).toMatchObject({ state: 'backed-up', source_key, bytes: better.length });
  expect(await fetchF(at, plan)).toMatchObject({ source_key });
  expect(at.asked).toHaveLength(1);
  expect(at.raw.objects.get('presale/raw/2022-09-11/F.csv')?.equals(file)).toBe(true);
  expect(await fetchF(at)).toMatchObject({ source_key, bytes: better.length });
});

test('a site that fails, or has moved on, leaves the backup from before', async () => {
  const at = site('<html>', 500);
  for (const [key, bytes] of (await backed()).objects) at.raw.objects.set(key, bytes);
  const plan = samplePlan({ run_id: 'again', refetch: true });

  await expect(fetchF(at, plan)).rejects.toThrow('The site answered 500');
  for (const found of [await fetchF(at, plan, 'replaced'), await fetchF(at)]) {
    expect(found).toMatchObject({ state: 'backed-up', source_key: 'presale/raw/2022-09-11/F.csv' });
  }
});

async function backed() {
  const at = site(file);
  await fetchF(at);
  return at.raw;
}

test('bytes without a receipt are no backup', async () => {
  const at = site(file);
  at.raw.objects.set('presale/raw/2022-09-11/F.csv', Buffer.from('half a fi'));

  await fetchF(at);
  expect(at.raw.objects.get('presale/raw/2022-09-11/F.csv')?.equals(file)).toBe(true);
});

test('a file that is still the last publication’s gets no receipt', async () => {
  const at = site(file);
  await fetchF(at, samplePlan({ publication_date: '2022-08-21' }));

  expect(await fetchF(at)).toEqual({
    county: 'F',
    state: 'unchanged',
    reason: 'The site still has the file of 2022-08-21.',
  });
  expect(at.raw.objects.has('presale/raw/2022-09-11/F.json')).toBe(false);
});

test('a later publication’s file is never taken for an earlier one’s', async () => {
  const at = site(file);
  await fetchF(at);
  const before = samplePlan({ name: '2022-08-21', publication_date: '2022-08-21' });

  expect(await fetchF(at, before)).toEqual({
    county: 'F',
    state: 'gone',
    reason: 'The site has the file of 2022-09-11 by now.',
  });
  expect(at.raw.objects.has('presale/raw/2022-08-21/F.json')).toBe(false);
});

test('two files without rows are equal, and no sign of an old publication', async () => {
  const at = site(sampleFile([]));
  await fetchF(at, samplePlan({ publication_date: '2022-09-01' }));

  expect((await fetchF(at)).state).toBe('backed-up');
});

test('404 is a county without deals', async () => {
  expect(await fetchF(site('<html>404 Not Found</html>', 404, 'text/html'))).toEqual({ county: 'F', state: 'empty' });
  expect(await fetchF(site('', 404, ''))).toEqual({ county: 'F', state: 'empty' });
});

test.each([
  ['a page of HTML', '\uFEFF <!doctype html><p>系統發生錯誤', 200, 'text/html', /HTML page: 系統發生錯誤/],
  ['an error page that comes as a CSV', '<html>施工中</html>', 200, csv, /HTML page: 施工中/],
  [
    'an error page that comes as 404',
    '<html>系統發生錯誤</html>',
    404,
    'text/html',
    /404 with an error page: 系統發生錯誤/,
  ],
  ['a failing server', 'oops', 500, 'text/plain', /answered 500/],
  ['a forbidden address', '<html></html>', 403, 'text/html', /answered 403/],
  ['JSON', '{"鄉鎮市區":1}', 200, 'application/json;charset=utf-8', /content type application\/json/],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47]), 200, 'image/png', /content type image\/png/],
  ['something else', 'hello', 200, csv, /no file of deals: “hello”/],
  ['zeros', '\0\0"\\', 200, csv, /no file of deals: “····”/],
  ['nothing', '', 200, csv, /empty file/],
])('%s is tried again later, and nothing is kept', async (_, body, status, contentType, words) => {
  const at = site(body, status, contentType);

  await expect(fetchF(at)).rejects.toThrow(TransientError);
  await expect(fetchF(at)).rejects.toThrow(words);
  expect(at.raw.objects.size).toBe(0);
});

test('a site that asks for fewer requests is given a rest', async () => {
  await expect(fetchF(site('', 429, ''))).rejects.toThrow(ThrottledError);
});

test.each(['application/octet-stream', 'application/csv', 'text/plain;charset=big5', ''])(
  'a good file may come as %j',
  async (contentType) => {
    expect((await fetchF(site(file, 200, contentType))).state).toBe('backed-up');
  },
);

test('a file that lacks a required column is kept: the loader names the column', async () => {
  const at = site(Buffer.from(`${sampleHeader.replace('鄉鎮市區', '區')}\n`));

  expect((await fetchF(at)).state).toBe('backed-up');
});

test('a body that breaks off leaves no receipt', async () => {
  const at = site(file);
  const ports = {
    ...at.ports,
    ask: ((_, read) => {
      const body = (async function* () {
        yield* streamed(file.subarray(0, file.length - 50));
        throw new TransientError('reset');
      })();
      return read({ status: 200, contentType: csv, body });
    }) as AskSite,
  };

  await expect(fetchCounty({ plan: samplePlan(), county: 'F', site: 'current' }, ports)).rejects.toThrow('reset');
  expect(at.raw.objects.size).toBe(0);
});

test('of a publication that the site has replaced only the backup is taken', async () => {
  const at = site(file);

  expect(await fetchF(at, samplePlan(), 'replaced')).toMatchObject({ county: 'F', state: 'gone' });
  expect(at.asked).toEqual([]);

  await fetchF(at);
  expect(await fetchF(at, samplePlan(), 'replaced')).toMatchObject({ state: 'backed-up', bytes: file.length });
  expect(at.asked).toHaveLength(1);
});
