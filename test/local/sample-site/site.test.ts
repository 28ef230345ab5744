import { expect, test } from 'vitest';
import { bytesAt, countyPath, listedDates, readCsv, readZip, seasonPath, withSite } from './reading.ts';

const LIST = '/DownloadHistory_ajax_list';
const listOf = async (url: string) => (await fetch(url + LIST)).text();

test('the list page hides a first table in a comment and names each earlier publication of the season', () =>
  withSite({ today: new Date('2022-09-15T00:00:00Z') }, async (site) => {
    const page = await listOf(site.url);

    expect(page.indexOf('<table')).toBeGreaterThan(page.indexOf('<!--'));
    expect(page.indexOf('<table')).toBeLessThan(page.indexOf('-->'));
    expect(page).toContain('<option value="111S2">111年第2季</option>');
    expect(page).not.toContain('<option value="111S3">');
    expect(page.split('\n').every((line) => line === '' || line.endsWith('\r'))).toBe(true);
    expect(page).toContain('交易日期自111年6月21 至 111年6月30日之預售屋案件');
    expect(listedDates(page)).toEqual([
      '20220701',
      '20220711',
      '20220721',
      '20220801',
      '20220811',
      '20220821',
      '20220901',
    ]);
  }));

test('the list is empty when a season begins, and the season before can be had from then on', () =>
  withSite({ today: new Date('2022-09-30T00:00:00Z') }, async (site) => {
    expect(site.seasons()).not.toContain('111S3');

    site.setToday('2022-10-01');

    expect(listedDates(await listOf(site.url))).toEqual([]);
    expect(site.seasons().at(-1)).toBe('111S3');
    expect(site.seasons()[0]).toBe('108S1');
    expect((await bytesAt(site.url + seasonPath('111S3', 'C'))).byteLength).toBeGreaterThan(10_000);
  }));

test('today decides which publication a county’s file is', () =>
  withSite({ today: new Date('2022-09-20T15:59:00Z') }, async (site) => {
    const before = readCsv(await bytesAt(site.url + countyPath('F')));

    site.setToday(new Date('2022-09-20T16:00:00Z'));
    const after = readCsv(await bytesAt(site.url + countyPath('F')));

    expect(before.cell(before.rows[0] ?? [], '交易年月日')).toMatch(/^11107[23]\d$/);
    expect(after.cell(after.rows[0] ?? [], '交易年月日')).toMatch(/^1110(80\d|810)$/);
    expect(site.current()).toBe('2022-09-21');
  }));

test('a clock given as a function moves the site along', async () => {
  let now = new Date('2022-09-11T00:00:00Z');
  await withSite({ today: () => now }, async (site) => {
    expect(site.current()).toBe('2022-09-11');

    now = new Date('2022-10-01T00:00:00Z');

    expect(site.current()).toBe('2022-10-01');
    expect(site.publications().at(-1)?.date).toBe('2022-10-01');
    expect(site.publications()[0]?.date).toBe('2019-01-01');
  });
});

test('publications name the counties that have a file, and no other has one', () =>
  withSite({ today: new Date('2022-09-15T00:00:00Z') }, async (site) => {
    const named =
      site
        .publications()
        .at(-1)
        ?.files.map(({ county }) => county) ?? [];

    for (const letter of 'FVWXZ') {
      const { status } = await fetch(site.url + countyPath(letter));

      expect(status, letter).toBe(named.includes(letter) ? 200 : 404);
    }
  }));

test('one slash, two slashes and either case of the letter ask for the same file', () =>
  withSite({}, async (site) => {
    const links = ['//Download?fileName=c_lvr_land_b.csv', '/Download?fileName=C_lvr_land_B.csv'];

    const [first, second] = await Promise.all(links.map((link) => bytesAt(site.url + link)));

    expect(first).toEqual(second);
  }));

test('a season that does not exist yet answers with an error page, never with an empty county', () =>
  withSite({ today: new Date('2022-09-15T00:00:00Z') }, async (site) => {
    const page = await (await fetch(site.url + seasonPath('111S3', 'F'))).text();

    expect(page).toContain('系統發生錯誤');
  }));

test('files that are not pre-sale deals and letters without a county are not there', () =>
  withSite({}, async (site) => {
    for (const path of ['//Download?fileName=f_lvr_land_a.csv', countyPath('l'), countyPath('s'), '//Nothing']) {
      expect((await fetch(site.url + path)).status, path).toBe(404);
    }
  }));

test('the zip of a season holds the same files as the single downloads, and says what they are', () =>
  withSite({ today: new Date('2022-09-15T00:00:00Z') }, async (site) => {
    const link = '//DownloadSeason?season=108S2&type=zip&fileName=lvr_landcsv.zip';
    const zip = await bytesAt(site.url + link);
    const entries = readZip(zip);

    expect(entries.size).toBeGreaterThan(18);
    expect(new TextDecoder().decode(entries.get('manifest.csv'))).toContain(
      'f_lvr_land_b.csv,schema-main-sale.csv,新北市預售屋買賣',
    );
    for (const letter of ['A', 'F', 'V']) {
      const single = await bytesAt(site.url + seasonPath('108S2', letter));
      expect(
        Buffer.from(single).equals(entries.get(`${letter.toLowerCase()}_lvr_land_b.csv`) ?? new Uint8Array()),
      ).toBe(true);
    }
    expect(Buffer.from(zip).equals(await bytesAt(site.url + link))).toBe(true);
  }));

test('today can be moved over HTTP, and a day that does not exist is refused', () =>
  withSite({}, async (site) => {
    const move = (body: string) => fetch(`${site.url}/sample/today`, { method: 'POST', body });

    expect(await (await move('{"date":"2022-09-11"}')).json()).toEqual({ today: '2022-09-11', current: '2022-09-11' });
    expect(site.current()).toBe('2022-09-11');
    for (const wrong of ['{"date":"2022-02-30"}', '{"day":"2022-09-11"}', 'nonsense']) {
      expect((await move(wrong)).status, wrong).toBe(400);
    }
    expect(site.current()).toBe('2022-09-11');
    expect(() => site.setToday('2022-02-30')).toThrow(RangeError);
  }));

test('the overview is a page for a browser and JSON for a program', () =>
  withSite({ today: new Date('2022-09-15T00:00:00Z') }, async (site) => {
    const json = await (await fetch(`${site.url}/sample`)).json();
    const page = await (await fetch(`${site.url}/sample`, { headers: { accept: 'text/html' } })).text();

    expect(json).toMatchObject({ today: '2022-09-15', current: '2022-09-11', faults: [], leftOut: [] });
    expect(page).toContain('<h1>Sample site</h1>');
    expect(page).toContain('111S2');
  }));

test('the site remembers what it was asked, without its own control paths', () =>
  withSite({ today: new Date('2022-09-15T00:00:00Z') }, async (site) => {
    await fetch(`${site.url}/sample`);
    await fetch(site.url + countyPath('F')).then((response) => response.bytes());
    await listOf(site.url);

    expect(site.requests()).toEqual([
      { url: countyPath('F'), county: 'F', status: 200 },
      { url: LIST, status: 200 },
    ]);
  }));

test('a port that was taken meanwhile leads to another', () =>
  withSite({}, async (site) => {
    await withSite({ port: Number(new URL(site.url).port) }, async (other) => {
      expect(other.url).not.toBe(site.url);
      expect((await fetch(other.url)).status).toBe((await fetch(site.url)).status);
    });
  }));
