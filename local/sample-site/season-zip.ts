import { Readable } from 'node:stream';
import { Zip, ZipDeflate } from 'fflate';
import type { Archive } from './archive.ts';
import { firstPublicationOf, partsOf, type Season } from './calendar.ts';
import { counties } from './counties.ts';
import type { SiteFile } from './site-file.ts';

/** Made chunk by chunk as it is read: no county's file is held as a whole longer than it takes to make it. */
export function seasonZip(archive: Archive, season: Season): Readable {
  return Readable.from(chunks(archive, season), { objectMode: false });
}

async function* chunks(archive: Archive, season: Season): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) {
      throw error;
    }

    ready.push(chunk);
  });
  const taken = () => {
    const chunks = ready;
    ready = [];
    return chunks;
  };

  const names: string[] = [];
  for (const { letter, name } of counties) {
    const file = await archive.season(season, letter);
    if (file !== undefined) {
      const entry = `${letter.toLowerCase()}_lvr_land_b.csv`;
      names.push(`${entry},schema-main-sale.csv,${name}預售屋買賣`);
      for await (const _ of entryChunks(zip, entry, file, season)) {
        yield* taken();
      }
    }
  }

  addManifest(zip, names, season);
  zip.end();
  yield* taken();
}

async function* entryChunks(zip: Zip, name: string, file: SiteFile, season: Season): AsyncGenerator<void> {
  const entry = zipEntry(name, season);
  zip.add(entry);
  for await (const chunk of file.read()) {
    entry.push(chunk);
    yield;
  }

  entry.push(new Uint8Array(0), true);
  yield;
}

/** The site's zip says in a file of its own what each entry is. */
function addManifest(zip: Zip, names: readonly string[], season: Season): void {
  const entry = zipEntry('manifest.csv', season);
  zip.add(entry);
  entry.push(Buffer.from(`\uFEFFname,schema,description\r\n${names.join('\r\n')}\r\n`, 'utf8'), true);
}

/** Dated by the season, not by the clock: the same season gives the same bytes. */
function zipEntry(name: string, season: Season): ZipDeflate {
  const { year, month } = partsOf(firstPublicationOf(season));
  const entry = new ZipDeflate(name, { level: 6 });
  entry.mtime = new Date(year, month - 1, 2);
  return entry;
}
