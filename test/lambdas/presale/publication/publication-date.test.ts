import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isPublicationDate,
  publicationAfter,
  publicationBefore,
  publicationDue,
  taipeiDate,
} from '../../../../lambdas/presale/publication/publication-date.ts';
import { seasonBefore, seasonDate, seasonOfDate } from '../../../../lambdas/presale/publication/season.ts';

test.each([
  ['2022-09-11', '2022-09-01'],
  ['2022-09-01', '2022-08-21'],
  ['2022-01-01', '2021-12-21'],
  ['2022-09-12', '2022-09-11'],
  ['2022-03-31', '2022-03-21'],
])('the publication before %s is %s', (date, before) => {
  expect(publicationBefore(date)).toBe(before);
});

test.each([
  ['2022-09-01', '2022-09-11'],
  ['2022-08-21', '2022-09-01'],
  ['2021-12-21', '2022-01-01'],
  ['2022-09-12', '2022-09-21'],
])('the publication after %s is %s', (date, after) => {
  expect(publicationAfter(date)).toBe(after);
});

test('every day has its publication: the newest on or before it, eleven days away at most', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
      (instant) => {
        const day = taipeiDate(instant);
        const due = publicationDue(day);

        expect(isPublicationDate(due)).toBe(true);
        expect(due <= day).toBe(true);
        expect(Date.parse(day) - Date.parse(due)).toBeLessThanOrEqual(10 * 86_400_000);
      },
    ),
  );
});

test('the day in Taiwan begins at 16:00 UTC', () => {
  expect(taipeiDate(new Date('2022-08-31T15:59:59Z'))).toBe('2022-08-31');
  expect(taipeiDate(new Date('2022-08-31T16:00:00Z'))).toBe('2022-09-01');
});

test('seasons stand under day 2 of their first month', () => {
  expect(['110S4', '111S1', '111S2', '111S3'].map(seasonDate)).toEqual([
    '2021-10-02',
    '2022-01-02',
    '2022-04-02',
    '2022-07-02',
  ]);
  expect(seasonOfDate('2021-10-02')).toBe('110S4');
  expect(seasonOfDate('2021-11-02')).toBeUndefined();
});

test('the season before the first of a year is the last of the year before', () => {
  expect([seasonBefore('111S1'), seasonBefore('111S3')]).toEqual(['110S4', '111S2']);
});
