import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  type Day,
  day,
  dayOfRocDate,
  isDay,
  isSeason,
  partsOf,
  publicationOfDeal,
  type Season,
  seasonOf,
} from '../calendar.ts';
import { counties, countyOf } from '../counties.ts';

/** What a file of the directory is, by its name, its folder, or else by what it holds. */
export type FoundFile =
  | { readonly is: 'publication'; readonly county: string; readonly date: Day; readonly derived: boolean }
  | { readonly is: 'season'; readonly county: string; readonly season: Season }
  | { readonly is: 'left out'; readonly reason: string };

/**
 * Says what a CSV file is.
 *
 * `20211002_F_lvr_land_B.csv` is dated: day 02 means the season that begins in that month, any other day a publication.
 * `f_lvr_land_b.csv` in a folder `111S4` is that season's. Any other file of the format is a publication whose date comes
 * from its latest deal.
 */
export async function identify(path: string): Promise<FoundFile> {
  const name = basename(path);
  const dated = /^(\d{4})(\d{2})(\d{2})_([a-z])_lvr_land_b\.csv$/i.exec(name);
  if (dated) {
    const [year = 0, month = 0, dayOfMonth = 0] = dated.slice(1, 4).map(Number);
    return byDate(`${dated[1]}-${dated[2]}-${dated[3]}`, day(year, month, dayOfMonth), (dated[4] ?? '').toUpperCase());
  }

  const letter = /^([a-z])_lvr_land_b\.csv$/i.exec(name)?.[1]?.toUpperCase();
  const folder = basename(dirname(path));
  if (letter !== undefined && isSeason(folder)) {
    return known({ is: 'season', county: letter, season: folder });
  }

  return /_lvr_land_([ac]|b_)/i.test(name)
    ? { is: 'left out', reason: 'not the pre-sale file of a county' }
    : byContent(path, letter);
}

function byDate(written: Day, date: Day, county: string): FoundFile {
  if (!isDay(written)) {
    return { is: 'left out', reason: `the file name’s date ${written} does not exist` };
  }

  const { month, dayOfMonth } = partsOf(date);
  if (dayOfMonth !== 2) {
    return known({ is: 'publication', county, date, derived: false });
  }

  return month % 3 === 1
    ? known({ is: 'season', county, season: seasonOf(date) })
    : { is: 'left out', reason: 'day 02 means a season, and none begins in this month' };
}

function known(file: Exclude<FoundFile, { is: 'left out' }>): FoundFile {
  return countyOf(file.county) ? file : { is: 'left out', reason: `no county has the letter ${file.county}` };
}

/** Reads the file once, line by line: its latest possible deal day decides the publication, its addresses the county. */
async function byContent(path: string, letter: string | undefined): Promise<FoundFile> {
  let columns: { date: number; address: number } | undefined;
  let latest: Day | undefined;
  let county = letter;

  const handle = await open(path);
  for await (const text of handle.readLines({ encoding: 'utf8' })) {
    const cells = text.replace(/^\uFEFF+/, '').split(',');
    if (columns === undefined) {
      columns = columnsOf(cells);
      if (columns === undefined) {
        return { is: 'left out', reason: 'the first row is not the header of a pre-sale file' };
      }

      continue;
    }

    const dealt = dayOfRocDate(cells[columns.date] ?? '');
    latest = dealt !== undefined && (latest === undefined || dealt > latest) ? dealt : latest;
    county ??= counties.find(({ name }) => cells[columns?.address ?? 0]?.startsWith(name))?.letter;
  }

  return decided(county, latest);
}

function columnsOf(header: readonly string[]): { date: number; address: number } | undefined {
  const date = header.indexOf('交易年月日');
  const address = header.findIndex((name) => name === '土地位置建物門牌' || name === '土地區段位置建物區段門牌');
  return date < 0 || address < 0 || !header.includes('編號') ? undefined : { date, address };
}

function decided(county: string | undefined, latest: Day | undefined): FoundFile {
  if (county === undefined) {
    return { is: 'left out', reason: 'neither its name nor its addresses say which county it is' };
  }

  return latest === undefined
    ? { is: 'left out', reason: 'it has no deal with a date' }
    : known({ is: 'publication', county, date: publicationOfDeal(latest), derived: true });
}
