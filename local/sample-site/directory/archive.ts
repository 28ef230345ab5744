import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Archive, Publication } from '../archive.ts';
import { type Day, firstPublicationOf, publicationAfter, publicationsOf, type Season, seasonOf } from '../calendar.ts';
import { fileOnDisk, type SiteFile } from '../site-file.ts';
import { type FoundFile, identify } from './found-file.ts';

interface ServedFile {
  readonly county: string;
  readonly path: string;
  readonly shiftedFrom?: Day;
}

interface Shelves {
  readonly publications: Map<Day, Map<string, ServedFile>>;
  readonly seasons: Map<Season, Map<string, ServedFile>>;
  readonly leftOut: { path: string; reason: string }[];
}

/** Serves the pre-sale files of a directory and the folders below it as they are. Fails where there is none. */
export async function directoryArchive(directory: string): Promise<Archive> {
  const shelves = await fill(directory);
  if (shelves.publications.size + shelves.seasons.size === 0) {
    throw new Error(`No pre-sale file found below ${directory}: the sample site has nothing to serve.`);
  }

  const dates = [...shelves.publications.keys()].sort();
  const seasons = [...shelves.seasons.keys()].sort((a, b) =>
    firstPublicationOf(a).localeCompare(firstPublicationOf(b)),
  );
  const lastSeason = seasons.at(-1);

  return {
    // All of them whatever today is: the one who asks wants to go through them, and a season that is here can be had.
    publications: () => dates.map((date) => publication(shelves, date)),
    seasons: () => seasons,
    current: (today) => dates.findLast((date) => date <= today),
    county: async (date, letter) => open(directory, shelves.publications.get(date)?.get(letter)),
    season: async (season, letter) => open(directory, shelves.seasons.get(season)?.get(letter)),
    leftOut: shelves.leftOut,
    start: dates.at(-1) ?? (lastSeason === undefined ? undefined : dayAfterSeason(lastSeason)),
  };
}

function dayAfterSeason(season: Season): Day {
  return publicationAfter(publicationsOf(season).at(-1) ?? firstPublicationOf(season));
}

function publication(shelves: Shelves, date: Day): Publication {
  const files = [...(shelves.publications.get(date)?.values() ?? [])];
  return { date, season: seasonOf(date), files: files.sort((a, b) => a.county.localeCompare(b.county)) };
}

async function open(directory: string, file: ServedFile | undefined): Promise<SiteFile | undefined> {
  if (file === undefined) {
    return undefined;
  }

  const path = join(directory, file.path);
  return fileOnDisk(path, (await stat(path)).size);
}

async function fill(directory: string): Promise<Shelves> {
  const paths = (await readdir(directory, { recursive: true })).filter((path) => /\.csv$/i.test(path)).sort();
  const found = await Promise.all(paths.map(async (path) => ({ path, file: await identify(join(directory, path)) })));
  const shelves: Shelves = { publications: new Map(), seasons: new Map(), leftOut: [] };

  // Files that say their date come first: a derived date gives way to them.
  const order = together(found).sort((a, b) => Number(isDerived(a.file)) - Number(isDerived(b.file)));
  for (const { path, file } of order) {
    put(shelves, path, file);
  }

  return shelves;
}

interface Found {
  readonly path: string;
  readonly file: FoundFile;
}

/**
 * The undated files of one folder are one publication, the youngest that any of them says: a county's latest deal may be
 * days older than another's. Where a county is there twice they can't be, and each keeps its own date.
 */
function together(found: readonly Found[]): Found[] {
  const folders = Map.groupBy(found, ({ path }) => dirname(path));
  const dates = new Map(
    [...folders].map(([folder, files]) => {
      const derived = files.flatMap(({ file }) => (file.is === 'publication' && file.derived ? [file] : []));
      const isOne = new Set(derived.map(({ county }) => county)).size === derived.length;
      return [
        folder,
        isOne
          ? derived
              .map(({ date }) => date)
              .sort()
              .at(-1)
          : undefined,
      ];
    }),
  );
  return found.map(({ path, file }) => {
    const date = dates.get(dirname(path));
    return { path, file: file.is === 'publication' && file.derived && date !== undefined ? { ...file, date } : file };
  });
}

function isDerived(file: FoundFile): boolean {
  return file.is === 'publication' && file.derived;
}

function put(shelves: Shelves, path: string, file: FoundFile): void {
  if (file.is === 'left out') {
    shelves.leftOut.push({ path, reason: file.reason });
    return;
  }

  if (file.is === 'season') {
    const season = shelf(shelves.seasons, file.season);
    const other = season.get(file.county);
    if (other === undefined) {
      season.set(file.county, { county: file.county, path });
    } else {
      shelves.leftOut.push({ path, reason: `season ${file.season} of county ${file.county} is ${other.path} already` });
    }

    return;
  }

  let date = file.date;
  while (shelves.publications.get(date)?.has(file.county)) {
    date = publicationAfter(date);
  }

  const shifted = date === file.date ? {} : { shiftedFrom: file.date };
  shelf(shelves.publications, date).set(file.county, { county: file.county, path, ...shifted });
}

function shelf<Key>(shelves: Map<Key, Map<string, ServedFile>>, key: Key): Map<string, ServedFile> {
  const existing = shelves.get(key) ?? new Map<string, ServedFile>();
  shelves.set(key, existing);
  return existing;
}
