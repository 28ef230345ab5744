import type { CountyLetter } from '../../lambdas/presale/publication/counties.ts';
import { countyLetters } from '../../lambdas/presale/publication/counties.ts';
import { generatedArchive } from '../../local/sample-site/generated/archive.ts';

/** One county's file of a season, in memory. */
export interface SeasonFile {
  readonly county: CountyLetter;
  readonly bytes: Buffer;
}

/** The season of all the presale benchmarks: 23,540 rows of 22 counties, the same bytes on every machine. */
export const benchSeason = '112S4';

/** Its largest file, 4,268 rows. */
export const largestCounty: CountyLetter = 'B';

/** The sample site's files of one season; counties without deals have none. */
export async function seasonFiles(season: string = benchSeason): Promise<readonly SeasonFile[]> {
  const archive = generatedArchive('millrace');
  const files: SeasonFile[] = [];
  for (const county of countyLetters) {
    const file = await archive.season(season, county);
    if (file) files.push({ county, bytes: Buffer.concat(await file.read().toArray()) });
  }
  return files;
}

// What an object store's stream hands out at a time.
const chunkBytes = 64 * 1024;

/** A file's bytes the way they come from S3: chunk by chunk. */
export async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += chunkBytes) yield bytes.subarray(from, from + chunkBytes);
}
