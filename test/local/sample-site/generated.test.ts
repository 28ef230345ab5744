import { afterAll, beforeAll, expect, test } from 'vitest';
import { generatedArchive } from '../../../local/sample-site/generated/archive.ts';
import { type SampleSite, startSampleSite } from '../../../local/sample-site/start.ts';
import { allCounties, bytesAt, countyPath, LETTERS, type ReadFile, readCsv, seasonPath } from './reading.ts';

let site: SampleSite;
const current = new Map<string, ReadFile>();

beforeAll(async () => {
  site = await startSampleSite({ today: new Date('2026-09-15T00:00:00Z') });
  for (const [letter, bytes] of await allCounties(countyPath, site.url)) {
    current.set(letter, readCsv(bytes));
  }
});

afterAll(() => site.stop());

const everyRow = () => [...current].flatMap(([letter, file]) => file.rows.map((row) => ({ letter, file, row })));
const whole = () => everyRow().filter(({ file, row }) => row.length === file.header.length);

test('the current publication has two to four thousand rows over most counties, the most in the large ones', () => {
  expect(everyRow().length).toBeGreaterThan(2000);
  expect(everyRow().length).toBeLessThan(4000);
  expect(current.size).toBeGreaterThan(17);
  expect(current.get('F')?.rows.length).toBeGreaterThan(10 * (current.get('C')?.rows.length ?? 0));
});

test('some publication leaves some county without deals, and that county answers 404 with a page', async () => {
  const empty = LETTERS.filter((letter) => !current.has(letter));
  expect(empty).toContain('Z');

  const response = await fetch(site.url + countyPath('Z'));

  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toContain('text/html');
  expect(await response.text()).toMatch(/^<!DOCTYPE html>/);
});

test('the same seed gives the same bytes, another seed others', async () => {
  const bytes = async (seed: string) => (await generatedArchive(seed).county('2026-09-11', 'H'))?.read().toArray();

  expect(Buffer.concat((await bytes('millrace')) ?? [])).toEqual(
    Buffer.from(await bytesAt(site.url + countyPath('H'))),
  );
  expect(await bytes('another')).not.toEqual(await bytes('millrace'));
});

test('price, areas and unit price of every home agree as on the real site', () => {
  const homes = whole().filter(({ file, row }) => file.cell(row, '單價元平方公尺') !== '' && !isOdd(file, row));
  expect(homes.length).toBeGreaterThan(1900);

  for (const { file, row } of homes) {
    const number = (column: string) => Number(file.cell(row, column));
    const area = number('建物移轉總面積平方公尺') - number('車位移轉總面積平方公尺');
    const price = number('總價元') - number('車位總價元');

    // One half for the rounding to whole TWD, and what binary fractions make of it.
    expect(Math.abs(price / area - number('單價元平方公尺')), row.join()).toBeLessThan(0.51);
  }
});

/** Rows that are wrong on purpose in one of the numbers. */
function isOdd(file: ReadFile, row: readonly string[]): boolean {
  return (
    ['總價元', '車位總價元', '建物移轉總面積平方公尺'].some(
      (column) => !/^\d+(\.\d{1,2})?$/.test(file.cell(row, column)),
    ) || file.cell(row, '總價元').includes('.')
  );
}

test('districts are the county’s own, addresses begin with both, days lie in the ten of the publication', () => {
  const first = whole().filter(({ file, row }) => file.cell(row, '交易年月日').length === 7);
  const days = first.map(({ file, row }) => file.cell(row, '交易年月日')).filter((day) => !day.endsWith('0230'));

  expect(days.every((day) => day >= '1150721' && day <= '1150731')).toBe(true);
  expect(first.every(({ file, row }) => file.cell(row, '土地位置建物門牌').includes(file.cell(row, '鄉鎮市區')))).toBe(
    true,
  );
  expect(
    first
      .filter(({ letter }) => letter === 'F')
      .every(({ file, row }) => file.cell(row, '土地位置建物門牌').startsWith('新北市')),
  ).toBe(true);
});

test('serial numbers look like real ones and none comes twice in a county', () => {
  for (const [letter, file] of current) {
    const serials = file.rows
      .filter((row) => row.length === file.header.length)
      .map((row) => file.cell(row, '編號'))
      .filter(Boolean);

    expect(serials.every((serial) => new RegExp(`^RP[A-Z]{12}${letter}\\d\\d[CD]B$`).test(serial))).toBe(true);
    expect(new Set(serials).size).toBe(serials.length);
  }
});

test('every kind of problem row of the specification is there', () => {
  const rows = whole();
  const has = (column: string, pattern: RegExp) => rows.some(({ file, row }) => pattern.test(file.cell(row, column)));

  expect(has('建物現況格局-房', /^$/)).toBe(true);
  expect(has('建物現況格局-房', /^\d\.\d$/)).toBe(true);
  expect(has('建物現況格局-房', /^-\d$/)).toBe(true);
  expect(has('建物現況格局-房', /^\d\d$/)).toBe(true);
  expect(has('建物現況格局-廳', /^\d\d\d$/)).toBe(true);
  expect(has('建物現況格局-衛', /^\d{8}$/)).toBe(true);
  expect(has('總價元', /^\d+\.0$/)).toBe(true);
  expect(has('總價元', /^-\d+$/)).toBe(true);
  expect(has('車位總價元', /^abc$/)).toBe(true);
  expect(has('建物移轉總面積平方公尺', /^-/)).toBe(true);
  expect(has('交易年月日', /0230$/)).toBe(true);
  expect(has('交易年月日', /^$/)).toBe(true);
  expect(has('編號', /^$/)).toBe(true);
  expect(has('土地位置建物門牌', /^.{2000,}$/u)).toBe(true);
  expect(
    rows.some(({ file, row }) =>
      ['建物現況格局-廳', '建物現況格局-衛'].every((column) => file.cell(row, column).length === 3),
    ),
  ).toBe(true);
  expect(everyRow().some(({ file, row }) => row.length === file.header.length + 1)).toBe(true);
  expect(everyRow().some(({ file, row }) => row.length === file.header.length - 1)).toBe(true);
});

test('in every generation of the header a row has one field too many and another one too few', async () => {
  for (const date of ['2019-02-01', '2020-02-01', '2022-02-01', '2024-02-01']) {
    const lengths: number[] = [];
    for (const letter of LETTERS) {
      const file = await generatedArchive('millrace').county(date, letter);
      if (file !== undefined) {
        const { header, rows } = readCsv(Buffer.concat(await file.read().toArray()));
        lengths.push(...rows.map((row) => row.length - header.length).filter((difference) => difference !== 0));
      }
    }

    expect(lengths.toSorted(), date).toEqual([-1, 1]);
  }
});

test('problem rows are few', () => {
  const wrong = everyRow().filter(
    ({ file, row }) => row.length !== file.header.length || /^$|^-|\.|\d\d/.test(file.cell(row, '建物現況格局-房')),
  );

  expect(wrong.length).toBeLessThan(10);
});

test('the traps are there: marks, line ends, a stray quote, private-use and replacement characters', () => {
  const files = [...current.values()];
  const text = everyRow().map(({ row }) => row.join(','));

  expect(files.filter((file) => file.byteOrderMarks === 2)).toHaveLength(1);
  expect(files.filter((file) => file.byteOrderMarks === 0)).toHaveLength(1);
  expect(files.filter((file) => file.lineEnd === 'LF')).toHaveLength(1);
  expect(files.filter((file) => file.lineEnd === 'CRLF')).toHaveLength(files.length - 1);
  expect(text.filter((row) => row.includes('"')).every((row) => row.split('"').length === 2)).toBe(true);
  expect(text.filter((row) => row.includes('"'))).toHaveLength(2);
  expect(text.some((row) => /[\uE000-\uF8FF]/.test(row))).toBe(true);
  expect(text.some((row) => row.includes('\uFFFD'))).toBe(true);
});

test('the header grew from 28 to 31 columns, and has an English row of the same length', async () => {
  const header = async (season: string) => readCsv(await bytesAt(site.url + seasonPath(season, 'F')));
  const files = await Promise.all(['108S1', '108S4', '109S2', '110S1', '112S4', '113S1'].map(header));

  expect(files.map((file) => file.header.length)).toEqual([28, 28, 29, 30, 30, 31]);
  expect(
    files.every((file) => file.english.length === file.header.length && file.english[0]?.startsWith('The villages')),
  ).toBe(true);
  expect(files.map((file) => file.header[2])).toEqual([
    '土地區段位置建物區段門牌',
    ...Array(5).fill('土地位置建物門牌'),
  ]);
  expect(files.map((file) => file.header.at(-1))).toEqual(['編號', '編號', '建案名稱', '棟及號', '棟及號', '解約情形']);
});

test('a season is its nine publications without a few withdrawn rows', async () => {
  const archive = generatedArchive('millrace');
  const dates = ['07-01', '07-11', '07-21', '08-01', '08-11', '08-21', '09-01', '09-11', '09-21'];
  const published = new Set<string>();
  for (const date of dates) {
    const file = await archive.county(`2022-${date}`, 'B');
    for (const row of readCsv(Buffer.concat((await file?.read().toArray()) ?? [])).rows) {
      published.add(row.join());
    }
  }

  const season = readCsv(await bytesAt(site.url + seasonPath('111S3', 'B')));

  expect(season.rows.every((row) => published.has(row.join()))).toBe(true);
  expect(season.rows.length).toBeLessThan(published.size);
  expect(season.rows.length).toBeGreaterThan(published.size * 0.98);
});

test('a whole season over all counties is of a real one’s size', async () => {
  const archive = generatedArchive('of its own');

  const files = await Promise.all(LETTERS.map((letter) => archive.season('111S3', letter)));

  expect(files.reduce((bytes, file) => bytes + (file?.bytes ?? 0), 0)).toBeGreaterThan(5_000_000);
});
