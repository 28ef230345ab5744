import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directoryArchive } from '../../../local/sample-site/directory/archive.ts';
import { bytesAt, countyPath, listedDates, readZip, seasonPath, withSite } from './reading.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sample-site-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** A file of two deals in the form of 28 columns; only what the site looks at is filled. */
function deals(address: string, ...dates: string[]): string {
  const header = '\uFEFF鄉鎮市區,土地區段位置建物區段門牌,交易年月日,編號';
  return [header, 'district,plate,day,serial', ...dates.map((date, row) => `x,${address},${date},RP${row}`), ''].join(
    '\n',
  );
}

let folders = 0;

async function folderWith(files: Record<string, string>): Promise<string> {
  folders += 1;
  const folder = join(directory, String(folders));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }

  return folder;
}

const read = async (file: { read(): NodeJS.ReadableStream } | undefined) => {
  let text = '';
  for await (const chunk of file?.read() ?? []) {
    text += String(chunk);
  }

  return text;
};

test('dated files are publications, and those of day 02 are seasons', async () => {
  const archive = await directoryArchive(
    await folderWith({
      'a/20220911_F_lvr_land_B.csv': 'one',
      '20211002_F_lvr_land_B.csv': 'two',
      '20220911_h_lvr_land_b.csv': 'three',
    }),
  );

  expect(archive.publications('')).toEqual([
    {
      date: '2022-09-11',
      season: '111S3',
      files: [
        { county: 'F', path: 'a/20220911_F_lvr_land_B.csv' },
        { county: 'H', path: '20220911_h_lvr_land_b.csv' },
      ],
    },
  ]);
  expect(archive.seasons('2022-09-11')).toEqual(['110S4']);
  expect(await read(await archive.season('110S4', 'F'))).toBe('two');
  expect(await read(await archive.county('2022-09-11', 'H'))).toBe('three');
});

test('a file in a folder named like a season belongs to it', async () => {
  const archive = await directoryArchive(
    await folderWith({ '111S4/f_lvr_land_b.csv': 'one', '111S4/manifest.csv': 'name,schema' }),
  );

  expect(archive.publications('')).toEqual([]);
  expect(archive.seasons('')).toEqual(['111S4']);
  expect(archive.start).toBe('2023-01-01');
  expect(archive.leftOut).toEqual([
    { path: '111S4/manifest.csv', reason: 'the first row is not the header of a pre-sale file' },
  ]);
});

test('any other file takes its date from its latest deal, and its county from its name or its addresses', async () => {
  const archive = await directoryArchive(
    await folderWith({
      'older/o_lvr_land_b.csv': deals('新竹市東區', '1080201', '1080310', 'not a day', '1081332'),
      'some.csv': deals('新北市泰山區', '1110711', '1110720', '1110705'),
    }),
  );

  expect(archive.publications('').map(({ date, files }) => [date, ...files.map(({ county }) => county)])).toEqual([
    ['2019-04-21', 'O'],
    ['2022-09-01', 'F'],
  ]);
});

test('of two files for the same date and county the undated one moves on to the next free publication', async () => {
  const archive = await directoryArchive(
    await folderWith({
      'a.csv': deals('新北市', '1110720'),
      'b.csv': deals('新北市', '1110715'),
      'z/20220901_F_lvr_land_B.csv': 'dated',
    }),
  );

  expect(archive.publications('').flatMap(({ date, files }) => files.map((file) => ({ date, ...file })))).toEqual([
    { date: '2022-09-01', county: 'F', path: 'z/20220901_F_lvr_land_B.csv' },
    { date: '2022-09-11', county: 'F', path: 'a.csv', shiftedFrom: '2022-09-01' },
    { date: '2022-09-21', county: 'F', path: 'b.csv', shiftedFrom: '2022-09-01' },
  ]);
});

test('files it cannot serve are listed with the reason', async () => {
  const archive = await directoryArchive(
    await folderWith({
      '20220911_F_lvr_land_B.csv': 'served',
      '20220230_F_lvr_land_B.csv': '',
      '20220902_F_lvr_land_B.csv': '',
      '20220911_L_lvr_land_B.csv': '',
      'f_lvr_land_a.csv': '',
      'nowhere.csv': deals('somewhere', '1110720'),
      'undated.csv': deals('新北市', ''),
      'a/20211002_F_lvr_land_B.csv': '',
      'b/110S4/f_lvr_land_b.csv': '',
    }),
  );

  expect(Object.fromEntries(archive.leftOut.map(({ path, reason }) => [path, reason]))).toEqual({
    '20220230_F_lvr_land_B.csv': 'the file name’s date 2022-02-30 does not exist',
    '20220902_F_lvr_land_B.csv': 'day 02 means a season, and none begins in this month',
    '20220911_L_lvr_land_B.csv': 'no county has the letter L',
    'f_lvr_land_a.csv': 'not the pre-sale file of a county',
    'nowhere.csv': 'neither its name nor its addresses say which county it is',
    'undated.csv': 'it has no deal with a date',
    'b/110S4/f_lvr_land_b.csv': 'season 110S4 of county F is a/20211002_F_lvr_land_B.csv already',
  });
});

test('a directory without any such file is an error', async () => {
  await expect(directoryArchive(await folderWith({ 'notes.csv': 'a,b' }))).rejects.toThrow('No pre-sale file found');
  await expect(directoryArchive(join(directory, 'missing'))).rejects.toThrow('ENOENT');
});

test('the site starts at the latest publication, moves back, and keeps its list like the real one', async () => {
  const folder = await folderWith({ '20220801_F_lvr_land_B.csv': 'august', '20220911_F_lvr_land_B.csv': 'september' });

  await withSite({ directory: folder }, async (site) => {
    const file = async () => new TextDecoder().decode(await bytesAt(site.url + countyPath('F')));
    const list = async () => listedDates(await (await fetch(`${site.url}/DownloadHistory_ajax_list`)).text());

    expect(await file()).toBe('september');
    expect((await list()).at(-1)).toBe('20220901');

    site.setToday('2022-08-25');
    expect(site.publications()).toHaveLength(2);
    expect(site.current()).toBe('2022-08-01');
    expect(await file()).toBe('august');
    expect((await list()).at(-1)).toBe('20220721');
    expect((await fetch(site.url + countyPath('A'))).status).toBe(404);

    site.setToday('2022-07-01');
    expect((await fetch(site.url + countyPath('F'))).status).toBe(404);
  });
});

test('seasons of a directory are served whatever today is, also as a zip; others are errors', async () => {
  const folder = await folderWith({
    '20220911_F_lvr_land_B.csv': 'x',
    '111S4/f_lvr_land_b.csv': 'f',
    '111S4/w_lvr_land_b.csv': 'w'.repeat(300_000),
  });

  await withSite({ directory: folder }, async (site) => {
    const zip = readZip(await bytesAt(`${site.url}//DownloadSeason?season=111S4&type=zip&fileName=lvr_landcsv.zip`));

    expect([...zip.keys()]).toEqual(['f_lvr_land_b.csv', 'w_lvr_land_b.csv', 'manifest.csv']);
    expect(zip.get('w_lvr_land_b.csv')?.byteLength).toBe(300_000);
    expect((await fetch(site.url + seasonPath('111S4', 'A'))).status).toBe(404);
    expect(await (await fetch(site.url + seasonPath('111S3', 'F'))).text()).toContain('系統發生錯誤');
  });
});

test('a file that has gone since the start is an error page, not a county without deals', async () => {
  const folder = await folderWith({ '20220911_F_lvr_land_B.csv': 'x' });

  await withSite({ directory: folder }, async (site) => {
    await rm(join(folder, '20220911_F_lvr_land_B.csv'));

    const response = await fetch(site.url + countyPath('F'));

    expect(response.status).toBe(500);
    expect(await response.text()).toContain('系統發生錯誤');
  });
});

test('half of a file on the disk', async () => {
  const folder = await folderWith({ '20220911_F_lvr_land_B.csv': '12345', '20220911_A_lvr_land_B.csv': '1' });

  await withSite({ directory: folder }, async (site) => {
    site.fault({ kind: 'truncated', length: 'none' });

    expect(new TextDecoder().decode(await bytesAt(site.url + countyPath('F')))).toBe('12');
    expect((await bytesAt(site.url + countyPath('A'))).byteLength).toBe(0);
  });
});

test('undated files of one folder are one publication, unless a county is there twice', async () => {
  const archive = await directoryArchive(
    await folderWith({
      // Their latest deals are of three publications.
      'one/a_lvr_land_b.csv': deals('臺北市一路１號', '1110705'),
      'one/f_lvr_land_b.csv': deals('新北市一路１號', '1110725'),
      'one/h_lvr_land_b.csv': deals('桃園市一路１號', '1110615'),
      'two/first_lvr_land_b.csv': deals('新北市一路１號', '1101105'),
      'two/second_lvr_land_b.csv': deals('新北市一路１號', '1101125'),
    }),
  );

  expect(archive.publications('').map(({ date, files }) => [date, files.map(({ county }) => county)])).toEqual([
    ['2021-12-21', ['F']],
    ['2022-01-11', ['F']],
    ['2022-09-11', ['A', 'F', 'H']],
  ]);
});
