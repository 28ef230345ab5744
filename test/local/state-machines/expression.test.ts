import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../local/state-machines/language/expression.ts';

const say = (expression: string, input: unknown = {}) =>
  evaluate(`{% ${expression} %}`, { states: { input }, known: 7 }, 'Output');

describe('the functions Step Functions adds', () => {
  test.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([], 2)', []],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(5, 1, 1)', []],
    ['$parse(\'{"a":[1,null]}\')', { a: [1, null] }],
    ['$random(42) = $random(42)', true],
    ['$random() < 1', true],
    ['$length($uuid())', 36],
  ])('%s', async (expression, expected) => {
    expect(await say(expression)).toEqual(expected);
  });

  test('$hash is the digest of the text', async () => {
    expect(await say("$hash('abc', 'SHA-256')")).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  test.each(['$range(1, 5000, 1)', '$range(1, 2, 0)', '$partition([1], 0)', "$hash('a', 'CRC')", "$parse('{')"])(
    '%s is an error',
    async (expression) => {
      await expect(say(expression)).rejects.toMatchObject({ errorName: 'States.QueryEvaluationError' });
    },
  );
});

describe('States.QueryEvaluationError', () => {
  test.each([
    ['nothing', '$states.input.absent', "'$states.input.absent' specified for the field 'Output' returned nothing"],
    ['an unknown variable', '$absent', 'returned nothing (undefined)'],
    ['a type error', "1 + 'a'", 'threw an error during evaluation. T2002'],
    ['a function', 'function($x) { $x }', 'returned an unsupported result type'],
    ['a built-in function', '$sum', 'returned an unsupported result type'],
    ['$eval', "$eval('1')", '$eval is not supported'],
  ])('%s', async (_, expression, words) => {
    await expect(say(expression)).rejects.toMatchObject({
      errorName: 'States.QueryEvaluationError',
      message: expect.stringContaining(words),
    });
  });
});

test('expressions anywhere in a template are evaluated, all else is copied', async () => {
  const template = { plain: '$known', nested: [{ deep: '{% $known %}' }], number: 1, nothing: null };

  expect(await evaluate(template, { known: 7 }, 'Output')).toEqual({ ...template, nested: [{ deep: 7 }] });
});

test('a template without expressions is copied, and evaluated text never becomes an expression', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await say('$states.input', value)).toEqual(value);
    }),
  );
  expect(await say('$states.input', '{% 1 + 1 %}')).toBe('{% 1 + 1 %}');
});

test('a result shares nothing with the input it came from', async () => {
  const input = { list: [{ a: 1 }] };
  const output = (await say('$states.input', input)) as typeof input;

  expect(output).toEqual(input);
  expect(output.list[0]).not.toBe(input.list[0]);
});
