import { expect, test } from 'vitest';
import {
  dayInTaipei,
  dayOfRocDate,
  dealsOf,
  publicationAfter,
  publicationBefore,
  publicationOfDeal,
  publicationOn,
  publicationsOf,
  rocDate,
  seasonBefore,
  seasonOf,
} from '../../../local/sample-site/calendar.ts';

test('a day belongs to the last 1st, 11th or 21st', () => {
  expect(['2022-09-10', '2022-09-11', '2022-09-30', '2022-10-01'].map(publicationOn)).toEqual([
    '2022-09-01',
    '2022-09-11',
    '2022-09-21',
    '2022-10-01',
  ]);
});

test('publications follow each other over the ends of months and years', () => {
  expect(publicationAfter('2021-12-21')).toBe('2022-01-01');
  expect(publicationBefore('2022-01-01')).toBe('2021-12-21');
  expect(publicationBefore('2022-01-21')).toBe('2022-01-11');
});

test('110S4 is the season of the last quarter of 2021', () => {
  expect(seasonOf('2021-10-01')).toBe('110S4');
  expect(seasonBefore('111S1')).toBe('110S4');
  expect(publicationsOf('110S4')).toHaveLength(9);
  expect(publicationsOf('110S4').at(-1)).toBe('2021-12-21');
});

test('a publication holds the ten days that the real list names for it', () => {
  expect(dealsOf('2022-07-01')).toEqual({ from: '2022-05-11', to: '2022-05-20' });
  expect(dealsOf('2022-07-11')).toEqual({ from: '2022-05-21', to: '2022-05-31' });
  expect(dealsOf('2022-07-21')).toEqual({ from: '2022-06-01', to: '2022-06-10' });
  expect(dealsOf('2024-04-11')).toEqual({ from: '2024-02-21', to: '2024-02-29' });
});

test('each day of ten years has its deals in exactly one publication', () => {
  for (let at = Date.UTC(2018, 0, 1); at < Date.UTC(2028, 0, 1); at += 86_400_000) {
    const deal = new Date(at).toISOString().slice(0, 10);
    const { from, to } = dealsOf(publicationOfDeal(deal));

    expect(from <= deal && deal <= to, deal).toBe(true);
  }
});

test('the day changes at midnight in Taipei, not in London', () => {
  expect(dayInTaipei(new Date('2022-09-10T15:59:59Z'))).toBe('2022-09-10');
  expect(dayInTaipei(new Date('2022-09-10T16:00:00Z'))).toBe('2022-09-11');
});

test('dates in ROC years go both ways, and impossible ones have no day', () => {
  expect(rocDate('2022-07-13')).toBe('1110713');
  expect(dayOfRocDate('990713')).toBe('2010-07-13');
  expect(['1110230', '', '11107134', 'abc'].map(dayOfRocDate)).toEqual([undefined, undefined, undefined, undefined]);
});
