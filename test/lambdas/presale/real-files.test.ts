import { createReadStream, existsSync } from 'node:fs';
import { readFile as readBytes } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FileRow } from '../../../lambdas/presale/file/file-row.ts';
import { readFile } from '../../../lambdas/presale/file/read-file.ts';
import { lastPublication } from '../../../lambdas/presale/publication/update-check.ts';
import { dealReader } from '../../../lambdas/presale/stores/deal-store.ts';
import { dealLoader } from '../../../lambdas/presale/stores/load-store.ts';
import { runStore } from '../../../lambdas/presale/stores/run-store.ts';
import { statisticsRefresher } from '../../../lambdas/presale/stores/statistics-store.ts';
import type { PresaleTables } from '../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { sampleBackup, samplePlan } from './plan.ts';
import { cellOf, reasonsOf } from './sample-file.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/presale');
const here = existsSync(folder);

/** File, good rows, problem rows. Two files give no figure in the specification; theirs are counted by hand. */
const figures = [
  ['new-taipei/20211002_F_lvr_land_B.csv', 5121, 0],
  ['new-taipei/20220102_F_lvr_land_B.csv', 4540, 0],
  ['new-taipei/20220402_F_lvr_land_B.csv', 4482, 0],
  ['new-taipei/20220702_F_lvr_land_B.csv', 3307, 3],
  ['new-taipei/20220801_F_lvr_land_B.csv', 444, 2],
  ['new-taipei/20220911_F_lvr_land_B.csv', 452, 0],
  ['new-taipei/20221001_F_lvr_land_B.csv', 310, 0],
  ['new-taipei/20221011_F_lvr_land_B.csv', 378, 0],
  ['new-taipei/20221021_F_lvr_land_B.csv', 275, 0],
  ['new-taipei/20221101_F_lvr_land_B.csv', 278, 1],
  ['new-taipei/20221111_F_lvr_land_B.csv', 302, 0],
  ['new-taipei/three-rows.csv', 2, 1],
  ['older-headers/f_lvr_land_b.csv', 659, 0],
  ['older-headers/o_lvr_land_b.csv', 270, 0],
  ['other-counties/111S4/a_lvr_land_b.csv', 645, 0],
  ['other-counties/111S4/c_lvr_land_b.csv', 269, 0],
  ['other-counties/111S4/i_lvr_land_b.csv', 115, 0],
  ['other-counties/111S4/o_lvr_land_b.csv', 256, 0],
  ['other-counties/111S4/p_lvr_land_b.csv', 328, 1],
  ['other-counties/111S4/w_lvr_land_b.csv', 8, 0],
  ['other-counties/111S4/x_lvr_land_b.csv', 16, 0],
] as const;

async function rowsIn(file: string): Promise<FileRow[]> {
  const rows: FileRow[] = [];
  for await (const batch of readFile(createReadStream(join(folder, file)))) rows.push(...batch);
  return rows;
}

test.skipIf(here)('real files: ../shared/data/presale is not here, so nothing is tested on them', (context) => {
  context.skip();
});

describe.runIf(here)('real files', () => {
  test.each(figures)('%s has %d good rows and %d problem rows', async (file, good, problems) => {
    const rows = await rowsIn(file);

    expect(rows.filter(({ state }) => state === 'good')).toHaveLength(good);
    expect(rows.filter(({ state }) => state === 'problem')).toHaveLength(problems);
  });

  test.each(figures)('the prices of %s sum up to what a count from its bytes gives', async (file) => {
    const lines = (await readBytes(join(folder, file), 'utf8')).split(/\r?\n/).slice(2).filter(Boolean);
    const header =
      (await readBytes(join(folder, file), 'utf8')).split(/\r?\n/)[0]?.replaceAll('\uFEFF', '').split(',') ?? [];
    const rows = await rowsIn(file);
    const bad = new Set(rows.filter(({ state }) => state === 'problem').map(({ line }) => line));
    const place = header.indexOf('總價元');
    const expected = lines
      .filter((_, index) => !bad.has(index + 3))
      .reduce((sum, line) => sum + Number(line.split(',')[place]), 0);

    const good = rows.filter(({ state }) => state === 'good');
    expect(good.reduce((sum, row) => sum + Number(cellOf(row, 'price_twd')), 0)).toBe(expected);
  });

  test('the problem rows of season 111S3 have the reasons that a person sees', async () => {
    const problems = (await rowsIn('new-taipei/20220702_F_lvr_land_B.csv')).filter(({ state }) => state === 'problem');

    expect(problems.flatMap(reasonsOf)).toEqual([
      '建物現況格局-房 22 is 10 or above',
      '建物現況格局-衛 111 is 10 or above',
      '建物現況格局-廳 23 is 10 or above',
    ]);
  });

  test('the saved list of publications goes to 2022-08-21', async () => {
    const html = await readBytes(join(folder, 'site/previous-publications.html'), 'utf8');

    expect(lastPublication(html)).toBe('2022-08-21');
  });
});

describe.runIf(here)('the statistics of 2022', () => {
  let database: TestDatabase<PresaleTables>;

  beforeAll(async () => {
    database = await startTestDatabase<PresaleTables>();
    const files = figures.map(([file]) => file).filter((file) => file.startsWith('new-taipei/2'));
    for (const file of files) {
      const date = file.replace(/^.*\/(\d{4})(\d{2})(\d{2}).*$/, '$1-$2-$3');
      const plan = samplePlan({ publication_date: date });
      await runStore(database.app).begin(plan);
      await dealLoader(database.app, 'raw')({ plan, county: 'F', backup: sampleBackup() }, (refusals) =>
        readFile(createReadStream(join(folder, file)), refusals),
      );
    }
    await statisticsRefresher(database.app)(['F']);
  });

  afterAll(() => database.stop());

  test.each([
    ['Park189', 2, 4, 898, 748, 27.2],
    ['台北灣銀河', 4, 4, 1690, 1536, 28.0],
    ['好風光II', 3, 12, 1471, 1301, 34.0],
  ])('January of %s with %d rooms in 淡水區 is known', async (project, rooms, count, total, house, unit) => {
    const filter = { counties: ['新北市'], district: '淡水區', year: 2022, month: 1, project, start: 0, length: 50 };
    const { data } = await dealReader(database.app).statistics(filter);

    expect(data.find((row) => row.rooms === rooms)).toMatchObject({
      count,
      average_price_wan: total,
      average_house_price_wan: house,
      average_house_unit_price_wan_per_ping: unit,
    });
  });

  test('every publication’s rows are in the table under the newest date that has them', async () => {
    const { rows } = await sql<{ serials: number; total: number }>`
      SELECT count(DISTINCT serial_number) AS serials, count(*) AS total FROM presale.deals`.execute(
      database.app.query,
    );
    const serials = new Set<unknown>();
    for (const [file] of figures.filter(([name]) => name.startsWith('new-taipei/2'))) {
      for (const row of await rowsIn(file)) if (row.state === 'good') serials.add(cellOf(row, 'serial_number'));
    }

    expect(rows[0]).toEqual({ serials: serials.size, total: serials.size });
  });
});
