import * as z from 'zod';
import { pagingParameters } from '#kit/api/paging.ts';
import { choiceParameter, dateParameter, integerParameter, written } from '#kit/api/parameters.ts';
import { counties, countyLetters, countyNames } from '../publication/counties.ts';
import { seasonDate } from '../publication/season.ts';

// The beginning of the year 2: a window of 365 days before it still begins in the year 1, and there is no year 0.
const firstSecond = -62_104_060_800;

// The end of the year 9999 in Taiwan; PostgreSQL's dates go further, JavaScript's ISO text doesn't.
const lastSecond = 253_402_271_999;

/** Epoch seconds from the year 2 on. */
export function epochSeconds() {
  const bounds = { min: firstSecond, max: lastSecond };
  const { min: minimum, max: maximum } = bounds;
  return written(integerParameter(bounds), { type: 'integer', minimum, maximum, examples: [1662854400] });
}

/** A county's name. 台 is how people type 臺. */
function countyParameter() {
  const county = z
    .string()
    .transform((name) => name.replace('台', '臺'))
    .pipe(choiceParameter(countyNames));
  return written(county, { type: 'string', enum: countyNames }).describe("The county's name; 台 is taken for 臺.");
}

/** One county or several, between commas. */
export function countiesParameter() {
  const known = new Set<string>(countyNames);
  const list = z.string().transform((text, context): readonly string[] => {
    const names = [...new Set(text.split(',').map((name) => name.replace('台', '臺')))];
    if (names.every((name) => known.has(name))) return names;
    context.addIssue({ code: 'custom', message: `Must be one of: ${countyNames.join(', ')}.` });
    return z.NEVER;
  });
  const name = `(${countyNames.join('|')})`;
  return written(list, {
    type: 'string',
    pattern: `^${name}(,${name})*$`,
    examples: ['臺北市,新北市'],
  }).describe("A county's name, or several between commas; 台 is taken for 臺.");
}

/** A county's name or letter. */
export function countyOrLetter() {
  const county = z
    .string()
    .transform((text) => (counties as Readonly<Record<string, string>>)[text.toUpperCase()] ?? text)
    .pipe(countyParameter());
  return written(county, { type: 'string', enum: [...countyNames, ...countyLetters] }).describe(
    "The county's name or its letter.",
  );
}

/** `2022-09-11`, or a season such as 111S3, which stands for its own date. */
export const publicationDate = written(
  z
    .string()
    .transform((text) => (/^\d{2,3}S[1-4]$/.test(text) ? seasonDate(text) : text))
    .pipe(dateParameter('Not a valid date or season.')),
  // A season as its words for callers; a date has ten characters.
  { type: 'string', maxLength: 10, examples: ['2022-09-11', '111S3'] },
).describe('A publication date, or a season (ROC year and quarter).');

/** Where a page begins and how long it is, in rows. */
export const paging = pagingParameters(15);

/** A row's id, as it stands in a path. */
export const idPath = z.object({ id: integerParameter({ min: 1 }).describe('Id of the row.') });
