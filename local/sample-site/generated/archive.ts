import type { Archive, Publication } from '../archive.ts';
import {
  type Day,
  firstPublicationOf,
  publicationAfter,
  publicationOn,
  publicationsOf,
  type Season,
  seasonOf,
} from '../calendar.ts';
import { counties } from '../counties.ts';
import { fileOfBytes, type SiteFile } from '../site-file.ts';
import { type Encoding, encode, layoutOf } from './csv-format.ts';
import { countyCount, countyRows } from './publication.ts';
import { randomFor } from './random.ts';

/** The first publication there is: the oldest form of the files. */
const BEGINNING = firstPublicationOf('108S1');

/** Made-up deals of all counties since 108S1; the same seed gives the same bytes, county by county, made when asked for. */
export function generatedArchive(seed: string): Archive {
  return {
    publications: (today) => publicationsUntil(today).map((date) => publication(seed, date)),
    seasons: (today) => seasonsBefore(today),
    current: (today) => (today < BEGINNING ? undefined : publicationOn(today)),
    county: async (date, letter) => countyFile(seed, date, letter),
    season: async (season, letter) => seasonFile(seed, season, letter),
    leftOut: [],
    start: undefined,
  };
}

function publicationsUntil(until: Day): Day[] {
  const dates: Day[] = [];
  for (let date = BEGINNING; date <= until; date = publicationAfter(date)) {
    dates.push(date);
  }

  return dates;
}

/** A season can be had once it is over: in the one that runs, its publications are there one by one. */
function seasonsBefore(today: Day): Season[] {
  return [...new Set(publicationsUntil(today).map(seasonOf))].filter((season) => season !== seasonOf(today));
}

function publication(seed: string, date: Day): Publication {
  const present = counties.filter((county) => countyCount(seed, county, date) > 0);
  return { date, season: seasonOf(date), files: present.map(({ letter }) => ({ county: letter })) };
}

function countyFile(seed: string, date: Day, letter: string): SiteFile | undefined {
  const rows = countyRows(seed, letter, date).map(({ text }) => text);
  return fileWith(rows, date, encodingOf(seed, date, letter));
}

function seasonFile(seed: string, season: Season, letter: string): SiteFile | undefined {
  const rows = publicationsOf(season).flatMap((date) => countyRows(seed, letter, date));
  const kept = rows.filter(({ withdrawn }) => !withdrawn).map(({ text }) => text);
  const date = firstPublicationOf(season);
  return fileWith(kept, date, encodingOf(seed, date, letter));
}

function fileWith(rows: string[], date: Day, encoding: Encoding): SiteFile | undefined {
  return rows.length === 0 ? undefined : fileOfBytes(encode(rows, layoutOf(date), encoding));
}

/** In each publication one of the larger counties has two byte order marks, one has none, and one the other line end. */
function encodingOf(seed: string, date: Day, letter: string): Encoding {
  const random = randomFor(seed, 'encoding', date);
  const larger = counties.filter((county) => county.dealsPerPublication > 30).map((county) => county.letter);
  const first = random.whole(0, larger.length - 1);
  const [twoMarks, noMark, otherLineEnd] = [0, 1, 2].map((offset) => larger[(first + offset) % larger.length]);
  const { lineEnd } = layoutOf(date);
  const other = lineEnd === '\n' ? '\r\n' : '\n';

  return {
    byteOrderMarks: letter === twoMarks ? 2 : letter === noMark ? 0 : 1,
    lineEnd: letter === otherLineEnd ? other : lineEnd,
  };
}
