import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTimestamp } from '#kit/api/authentication/timestamp.ts';
import { FieldMissingError, RequestExpiredError, WrongFieldTypeError } from '#kit/errors.ts';
import { httpRequest } from '../../../../support/lambda.ts';

const second = 1_525_568_925;
const at = (seconds: number) => new Date(seconds * 1000);
const sent = (text: string) => httpRequest({ queryStringParameters: { _: text } });

test('an integer and a float of a whole second have the same three forms to hash', () => {
  expect(readTimestamp(sent(`${second}`), at(second)).forms).toEqual([`${second}`, `${second}`, `${second}.0`]);
  expect(readTimestamp(sent(`${second}.0`), at(second)).forms).toEqual([`${second}.0`, `${second}`, `${second}.0`]);
});

test('a float with a fraction is hashed as it was sent, and in no other form', () => {
  const text = `${second}.123456`;

  expect(readTimestamp(sent(text), at(second)).forms).toEqual([text, text, text]);
});

test.each([0, 1, 60, 60.999, -1, -60])('%d s after its timestamp a request is valid', (age) => {
  expect(readTimestamp(sent(`${second}`), at(second + age)).sent).toBe(`${second}`);
  expect(readTimestamp(sent(`${second}.0`), at(second + age)).sent).toBe(`${second}.0`);
});

test.each([61, 62, 3600, -60.001, -61, -1e9, 1e9])('%d s after its timestamp a request is expired', (age) => {
  expect(() => readTimestamp(sent(`${second}`), at(second + age))).toThrow(RequestExpiredError);
});

test('a timestamp with a fraction is expired once it is more than 60 s old', () => {
  expect(() => readTimestamp(sent(`${second}.7`), at(second + 61))).toThrow(RequestExpiredError);
  expect(readTimestamp(sent(`${second}.7`), at(second + 60)).sent).toBe(`${second}.7`);
});

test('milliseconds, the year 0 and a negative number are numbers: expired', () => {
  for (const text of [`${second}000`, '0', '-5', '99999999999999999999'])
    expect(() => readTimestamp(sent(text), at(second))).toThrow(RequestExpiredError);
});

test('no timestamp is a missing field, and so is an empty one', () => {
  const { queryStringParameters: _none, ...request } = httpRequest();

  expect(() => readTimestamp(request, at(second))).toThrow(new FieldMissingError('_'));
  expect(() => readTimestamp(httpRequest(), at(second))).toThrow('Field "_" is missing');
  expect(() => readTimestamp(sent(''), at(second))).toThrow('Field "_" is missing');
});

const notNumbers = [
  ' ',
  'now',
  '1e9',
  '0x10',
  '+1',
  '1.',
  '.5',
  '1_0',
  '１５２',
  'NaN',
  'Infinity',
  '1,1',
  '1 ',
  '1\n',
];
test.each(notNumbers)('%j is no number', (text) => {
  expect(() => readTimestamp(sent(text), at(second))).toThrow('Field "_" should be integer.');
});

test('whatever is sent, it is a timestamp or one of three errors', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.bigInt().map(String)), (text) => {
      try {
        expect(readTimestamp(sent(text), at(second)).forms).toHaveLength(3);
      } catch (error) {
        const documented = [FieldMissingError, WrongFieldTypeError, RequestExpiredError];
        expect(
          documented.some((kind) => error instanceof kind),
          text,
        ).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
