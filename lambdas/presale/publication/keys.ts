import { type CountyLetter, countyLetters } from './counties.ts';

/** Where a county's raw bytes stand in the bucket. `name` is the publication date or the season. */
export function rawKey(name: string, county: CountyLetter): string {
  return `presale/raw/${name}/${county}.csv`;
}

/** Where they stand when a run fetches them again: the backup before stays whole until the receipt names these. */
export function refetchedKey(name: string, county: CountyLetter, runId: string): string {
  return `presale/raw/${name}/${county}.${runId}.csv`;
}

/** Where their receipt stands: written after the bytes, so its presence means that the backup is whole. */
export function receiptKey(name: string, county: CountyLetter): string {
  return `presale/raw/${name}/${county}.json`;
}

/** Where a county's problem rows stand for the person who corrects them. */
export function problemsKey(publicationDate: string, county: CountyLetter): string {
  return `presale/problems/${publicationDate}/${county}.json`;
}

/**
 * Where the failure ledger puts one row that a person has corrected there: a key of its own for each row, beside the
 * corrected files.
 */
export function correctedRowKey(publicationDate: string, county: CountyLetter, line: number): string {
  return `presale/corrected/${publicationDate}/${county}.${line}.json`;
}

// Whatever stands between the letter and the ending tells files of one county apart.
const correctedKey = /^presale\/corrected\/(\d{4}-\d\d-\d\d)\/([A-Z])(?:\.[^/]*)?\.json$/;

/** What a corrected file is of, by its key; `undefined` for any other key. */
export function placeOfCorrected(key: string): { publicationDate: string; letter: CountyLetter } | undefined {
  const [, publicationDate, letter] = correctedKey.exec(key) ?? [];
  const county = countyLetters.find((known) => known === letter);
  return publicationDate === undefined || county === undefined ? undefined : { publicationDate, letter: county };
}
