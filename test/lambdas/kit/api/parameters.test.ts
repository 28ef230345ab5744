import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  choiceParameter,
  dateParameter,
  integerParameter,
  momentParameter,
  textParameter,
} from '#kit/api/parameters.ts';

const told = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : parsed.error.issues.map(({ message }) => message);
};

test.each([
  ['7', 7],
  ['+7', 7],
  ['-7', -7],
  ['007', 7],
  ['9007199254740991', 9007199254740991],
])('the integer %s is read', (text, value) => {
  expect(told(integerParameter(), text)).toBe(value);
});

test.each(['', ' 7', '7.0', '1e3', '0x10', 'seven', '٧', '9007199254740993', '9'.repeat(400), '7; DROP TABLE deals'])(
  '%j is not a valid integer, and only that is said',
  (text) => {
    expect(told(integerParameter({ min: 1, max: 9 }), text)).toEqual(['Not a valid integer.']);
  },
);

test.each([
  [{ min: 1 }, '0', 'Must be greater than or equal to 1.'],
  [{ max: 5 }, '6', 'Must be less than or equal to 5.'],
  [{ min: 1, max: 5 }, '6', 'Must be greater than or equal to 1 and less than or equal to 5.'],
])('a number outside of %o is told its bounds', (bounds, text, message) => {
  expect(told(integerParameter(bounds), text)).toEqual([message]);
});

test.each(['2022-09-11', '2024-02-29', '0001-01-01', '9999-12-31'])('the date %s is read as it stands', (text) => {
  expect(told(dateParameter(), text)).toBe(text);
});

test.each(['', '2023-02-29', '2022-13-01', '2022-9-1', '0000-01-01', '20220911', '2022-09-11T00:00:00Z'])(
  '%j is not a valid date',
  (text) => {
    expect(told(dateParameter(), text)).toEqual(['Not a valid date.']);
  },
);

test.each([
  ['2026-11-21T02:00:00Z', '2026-11-21T02:00:00.000Z'],
  ['2026-11-21T10:00:00.5+08:00', '2026-11-21T02:00:00.500Z'],
  ['0405-07-15T15:04:19-20:32', '0405-07-16T11:36:19.000Z'],
])('the moment %s is read as %s', (text, utc) => {
  expect(momentParameter().parse(text)).toBe(utc);
});

test.each([
  '',
  '2026-11-21',
  '2026-11-21T02:00:00',
  '2026-11-21T02:00:00+99:99',
  '0000-12-31T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
])('%j is no moment', (text) => {
  expect(momentParameter().safeParse(text).success).toBe(false);
});

test('text is refused when it is too long or holds what the database cannot', () => {
  const text = textParameter({ max: 3 });

  expect(told(text, "';-")).toBe("';-");
  expect(told(text, '預售屋')).toBe('預售屋');
  expect(told(text, 'four')).toEqual(['Longer than maximum length 3.']);
  expect(told(text, 'a\0')).toEqual(['Not a valid string.']);
});

test('a choice names what can be chosen', () => {
  expect(told(choiceParameter(['asc', 'desc']), 'asc')).toBe('asc');
  expect(told(choiceParameter(['asc', 'desc']), 'up')).toEqual(['Must be one of: asc, desc.']);
});
