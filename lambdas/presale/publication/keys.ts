import type { CountyLetter } from './counties.ts';

/** Where a county's raw bytes stand in the bucket. `name` is the publication date or the season. */
export function rawKey(name: string, county: CountyLetter): string {
  return `presale/raw/${name}/${county}.csv`;
}

/** Where their receipt stands: written after the bytes, so its presence means that the backup is whole. */
export function receiptKey(name: string, county: CountyLetter): string {
  return `presale/raw/${name}/${county}.json`;
}

/** Where a county's problem rows stand for the person who corrects them. */
export function problemsKey(publicationDate: string, county: CountyLetter): string {
  return `presale/problems/${publicationDate}/${county}.json`;
}
