import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SampleSite, startSampleSite } from '../../../local/sample-site/start.ts';
import { bytesAt, countyPath, listedDates, seasonPath } from './reading.ts';

const directory = join(import.meta.dirname, '../../../../shared/data/presale');
const present = existsSync(directory);

describe.skipIf(!present)(
  `real files${present ? '' : ' (skipped: ../shared/data/presale is not on this machine)'}`,
  () => {
    let site: SampleSite;

    beforeAll(async () => {
      site = await startSampleSite({ directory });
    });
    afterAll(() => site.stop());

    test('each publication is served byte by byte as it is on the disk', async () => {
      let files = 0;
      for (const publication of site.publications()) {
        site.setToday(publication.date);
        for (const { county, path = '' } of publication.files) {
          const served = await bytesAt(site.url + countyPath(county));

          expect(Buffer.from(served).equals(await readFile(join(directory, path))), path).toBe(true);
          files += 1;
        }
      }

      expect(files).toBeGreaterThan(0);
    });

    test('publications are in order, and the undated files have the dates their deals give', () => {
      const dates = site.publications().map(({ date }) => date);
      const undated = site
        .publications()
        .flatMap(({ date, files }) =>
          files
            .filter(({ path = '' }) => !/\d{8}_/.test(path))
            .map(({ county, path = '' }) => `${date} ${county} ${path}`),
        );

      expect(dates).toEqual(dates.toSorted());
      // Other files of the kind may stand there; these, where they do, have these dates.
      for (const expected of [
        '2019-04-21 F older-headers/f_lvr_land_b.csv',
        '2019-04-21 O older-headers/o_lvr_land_b.csv',
        '2022-09-01 F new-taipei/three-rows.csv',
      ]) {
        if (existsSync(join(directory, expected.split(' ')[2] ?? ''))) {
          expect(undated).toContain(expected);
        }
      }
    });

    test('seasons come from day 02 and from the folder of a season', async () => {
      const known = [
        { season: '110S4', letter: 'F', path: 'new-taipei/20211002_F_lvr_land_B.csv' },
        { season: '111S4', letter: 'A', path: 'other-counties/111S4/a_lvr_land_b.csv' },
      ];

      for (const { season, letter, path } of known.filter(({ path }) => existsSync(join(directory, path)))) {
        const served = await bytesAt(site.url + seasonPath(season, letter));

        expect(site.seasons()).toContain(season);
        expect(Buffer.from(served).equals(await readFile(join(directory, path))), path).toBe(true);
      }
    });

    test('our list page has the shape of the saved one', async () => {
      const saved = await readFile(join(directory, 'site/previous-publications.html'), 'utf8');
      site.setToday('2022-09-01');
      const dates = [...new Set(listedDates(saved))];
      expect(dates.at(-1)).toBe('20220821');
      // The site's own files of that day decide what is current; a made-up site is at the same place in the season.
      const madeUp = await startSampleSite({ today: new Date('2022-09-01T04:00:00Z') });

      const ours = await (await fetch(`${madeUp.url}/DownloadHistory_ajax_list`)).text();
      await madeUp.stop();

      expect(listedDates(ours)).toEqual(dates);
      expect(saved.indexOf('<table')).toBeLessThan(saved.indexOf('-->'));
    });
  },
);
