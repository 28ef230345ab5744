import * as z from 'zod';
import { choiceParameter, dateParameter, integerParameter } from '#kit/api/parameters.ts';
import { counties, countyNames } from '../publication/counties.ts';
import { seasonDate } from '../publication/season.ts';

// The beginning of the year 2: a window of 365 days before it still begins in the year 1, and there is no year 0.
const firstSecond = -62_104_060_800;

// The end of the year 9999 in Taiwan; PostgreSQL's dates go further, JavaScript's ISO text doesn't.
const lastSecond = 253_402_271_999;

/** Epoch seconds from the year 2 on. */
export function epochSeconds() {
  return integerParameter({ min: firstSecond, max: lastSecond });
}

/** A county's name. 台 is how people type 臺. */
export function countyParameter() {
  return z
    .string()
    .transform((name) => name.replace('台', '臺'))
    .pipe(choiceParameter(countyNames));
}

/** A county's name or letter. */
export function countyOrLetter() {
  return z
    .string()
    .transform((text) => (counties as Readonly<Record<string, string>>)[text.toUpperCase()] ?? text)
    .pipe(countyParameter());
}

/** `2022-09-11`, or a season such as 111S3, which stands for its own date. */
export const publicationDate = z
  .string()
  .transform((text) => (/^\d{2,3}S[1-4]$/.test(text) ? seasonDate(text) : text))
  .pipe(dateParameter('Not a valid date or season.'));

/** Where a page begins and how long it is, in rows. */
export const paging = {
  start: integerParameter({ min: 0 }).default(0),
  length: integerParameter({ min: 1, max: 500 }).default(15),
};

/** A row's id, as it stands in a path. */
export const idPath = z.object({ id: integerParameter({ min: 1 }) });
