import { expect, test } from 'vitest';
import { slotsBetween, timetable } from '../src/timetable.ts';

/** The next three slots after 2026-01-01T00:00:00Z, or after another time. */
function slots(expression: string, timeZone = 'UTC', after = '2026-01-01T00:00:00Z'): string[] {
  const table = timetable(expression, timeZone);
  const found: string[] = [];
  let at: Date | undefined = new Date(after);
  while (found.length < 3) {
    at = table.next(at);
    if (!at) break;
    found.push(at.toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

test('the publication slots are ten in the morning of Taipei', () => {
  expect(slots('cron(0 10 1,11,21 * ? *)', 'Asia/Taipei')).toEqual([
    '2026-01-01T02:00Z',
    '2026-01-11T02:00Z',
    '2026-01-21T02:00Z',
  ]);
});

// 2026-01-01 is a Thursday.
test.each([
  ['Sunday is 1', 'cron(0 8 ? * 1 *)', ['2026-01-04T08:00Z', '2026-01-11T08:00Z', '2026-01-18T08:00Z']],
  ['Saturday is 7', 'cron(0 8 ? * 7 *)', ['2026-01-03T08:00Z', '2026-01-10T08:00Z', '2026-01-17T08:00Z']],
  [
    'Monday to Friday by number',
    'cron(0 8 ? * 2-6 *)',
    ['2026-01-01T08:00Z', '2026-01-02T08:00Z', '2026-01-05T08:00Z'],
  ],
  [
    'Monday to Friday by name',
    'cron(0 8 ? * MON-FRI *)',
    ['2026-01-01T08:00Z', '2026-01-02T08:00Z', '2026-01-05T08:00Z'],
  ],
  [
    'every second day of the week',
    'cron(0 8 ? * 2-6/2 *)',
    ['2026-01-02T08:00Z', '2026-01-05T08:00Z', '2026-01-07T08:00Z'],
  ],
  ['from Tuesday in steps', 'cron(0 8 ? * 3/2 *)', ['2026-01-01T08:00Z', '2026-01-03T08:00Z', '2026-01-06T08:00Z']],
  ['the second Friday', 'cron(0 8 ? * 6#2 *)', ['2026-01-09T08:00Z', '2026-02-13T08:00Z', '2026-03-13T08:00Z']],
  ['the last Friday', 'cron(0 8 ? * 6L *)', ['2026-01-30T08:00Z', '2026-02-27T08:00Z', '2026-03-27T08:00Z']],
  ['the last day of the week', 'cron(0 8 ? * L *)', ['2026-01-03T08:00Z', '2026-01-10T08:00Z', '2026-01-17T08:00Z']],
  ['the last day of the month', 'cron(0 8 L * ? *)', ['2026-01-31T08:00Z', '2026-02-28T08:00Z', '2026-03-31T08:00Z']],
  [
    'the working day nearest the 15th',
    'cron(0 8 15W * ? *)',
    ['2026-01-15T08:00Z', '2026-02-16T08:00Z', '2026-03-16T08:00Z'],
  ],
  [
    'every twenty minutes from five past',
    'cron(5/20 8 * * ? *)',
    ['2026-01-01T08:05Z', '2026-01-01T08:25Z', '2026-01-01T08:45Z'],
  ],
  [
    'a list of a minute and a step',
    'cron(1,30/15 8 * * ? *)',
    ['2026-01-01T08:01Z', '2026-01-01T08:30Z', '2026-01-01T08:45Z'],
  ],
  ['years', 'cron(0 8 1 JAN ? 2027-2028)', ['2027-01-01T08:00Z', '2028-01-01T08:00Z']],
  ['a year that is over', 'cron(0 8 1 1 ? 2020)', []],
])('%s: %s', (_name, expression, expected) => {
  expect(slots(expression)).toEqual(expected);
});

test('a slot in the hour that the clocks skip in spring is skipped', () => {
  expect(slots('cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T00:00:00Z')).toEqual([
    '2026-03-07T07:30Z',
    '2026-03-09T06:30Z',
    '2026-03-10T06:30Z',
  ]);
});

test('a slot in the hour that comes twice in autumn runs once', () => {
  expect(slots('cron(30 1 * * ? *)', 'America/New_York', '2026-10-31T00:00:00Z')).toEqual([
    '2026-10-31T05:30Z',
    '2026-11-01T05:30Z',
    '2026-11-02T06:30Z',
  ]);
});

test.each([
  ['a list of minutes', 'cron(0,30 1 * * ? *)', ['2026-11-01T05:00Z', '2026-11-01T05:30Z', '2026-11-02T06:00Z']],
  ['a step of minutes', 'cron(0/30 1 * * ? *)', ['2026-11-01T05:00Z', '2026-11-01T05:30Z', '2026-11-02T06:00Z']],
  ['any hour', 'cron(30 * * * ? *)', ['2026-11-01T04:30Z', '2026-11-01T05:30Z', '2026-11-01T07:30Z']],
  ['a range of hours', 'cron(30 0-1 * * ? *)', ['2026-11-01T04:30Z', '2026-11-01T05:30Z', '2026-11-02T05:30Z']],
])('the hour that comes twice in autumn is one hour to %s', (_name, expression, expected) => {
  expect(slots(expression, 'America/New_York', '2026-11-01T04:01:00Z')).toEqual(expected);
});

test('clocks that go back by half an hour repeat half an hour', () => {
  // Lord Howe Island: at 02:00 of 5 April 2026 it is 01:30 again.
  expect(slots('cron(0/15 1-2 5 4 ? 2026)', 'Australia/Lord_Howe', '2026-04-04T14:01:00Z')).toEqual([
    '2026-04-04T14:15Z',
    '2026-04-04T14:30Z',
    '2026-04-04T14:45Z',
  ]);
  expect(slots('cron(0/15 1-2 5 4 ? 2026)', 'Australia/Lord_Howe', '2026-04-04T14:45:00Z')[0]).toBe(
    '2026-04-04T15:30Z',
  );
});

test('a rate counts from the last slot', () => {
  expect(slots('rate(5 minutes)')).toEqual(['2026-01-01T00:05Z', '2026-01-01T00:10Z', '2026-01-01T00:15Z']);
  expect(slots('rate(1 day)').at(-1)).toBe('2026-01-04T00:00Z');
});

test('a single time is read in its zone and comes once', () => {
  expect(slots('at(2026-09-11T10:00:00)', 'Asia/Taipei')).toEqual(['2026-09-11T02:00Z']);
  expect(slots('at(2026-09-11T10:00:00)', 'Asia/Taipei', '2026-09-11T02:00:00Z')).toEqual([]);
});

test.each([
  'every day',
  'cron(0 10 * * ?)',
  'cron(0 10 * * * *)',
  'cron(0 10 ? * ? *)',
  'cron(0 10 1 * 2 *)',
  'cron(99 10 * * ? *)',
  'cron(0 10 * FOO ? *)',
  'rate(0 minutes)',
  'rate(five minutes)',
  'rate(5 fortnights)',
  'at(tomorrow)',
  'at(* * * * *)',
  'at(2026-09-11)',
])('%s is refused', (expression) => {
  expect(() => timetable(expression, 'UTC')).toThrow();
});

test('a zone that does not exist is refused', () => {
  expect(() => timetable('cron(0 10 * * ? *)', 'Asia/Atlantis').next(new Date())).toThrow('Asia/Atlantis');
});

test('the slots of a span are those after its beginning, up to its end and with it', () => {
  const table = timetable('cron(0 10 1,11,21 * ? *)', 'Asia/Taipei');
  const span = { after: new Date('2026-01-01T02:00:00Z'), to: new Date('2026-02-01T02:00:00Z'), limit: 10 };

  const days = slotsBetween(table, span).map((slot) => slot.toISOString().slice(0, 10));

  expect(days).toEqual(['2026-01-11', '2026-01-21', '2026-02-01']);
  expect(slotsBetween(table, { ...span, limit: 2 })).toHaveLength(2);
});
