import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Evaluator } from '../../src/state-machines/language/evaluation/evaluator.ts';
import { evaluate } from '../../src/state-machines/language/expression.ts';

const say = (expression: string, input: unknown = {}) =>
  evaluate(`{% ${expression} %}`, { states: { input }, known: 7 }, 'Output');

describe('the functions Step Functions adds', () => {
  test.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([], 2)', []],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(5, 1, 1)', []],
    // As recorded on AWS.
    ['$range(1, 9, 9)', 1],
    ['$count($range(1, 9, 9))', 1],
    ['[$range(1, 9, 9)]', [1]],
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

describe('an expression that takes more than it may', () => {
  const small = new Evaluator({ processorSeconds: 1, heapMegabytes: 64 });
  const bounded = (expression: string) =>
    small.evaluate({ template: { bad: `{% ${expression} %}` }, bindings: {}, field: 'Output' });

  test.each([
    ['calls itself in its last step', '($f := function($x){ $f($x+1) }; $f(1))', 'processor time'],
    [
      'has a pattern that backtracks',
      '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /(a+)+$/)',
      'processor time',
    ],
    ['fails beside one that never ends', '[$error("x"), ($f := function($x){ $f($x+1) }; $f(1))]', 'processor time'],
    ['calls itself and waits for it', '($f := function($x){ 1 + $f($x+1) }; $f(1))', /MB of memory|processor time/],
    ['doubles a list', '$reduce([1..40], function($a,$b){ $append($a,$a) }, [1..1000])', /MB of memory|processor time/],
    ['makes many lists', '$map([1..9999999], function($x){ [1..1000] })', /MB of memory|processor time/],
    ['pairs two long lists', '$zip([1..9999999],[1..9999999])', /MB of memory|processor time/],
    ['doubles a text', '$reduce([1..60], function($a,$b){ $a & $a }, "x")', 'Invalid string length'],
    ['nests its result too deep', '$reduce([1..100000], function($a,$b){ {"a": $a} }, 1)', 'deeper than 1000'],
  ])('%s: a failure of its state alone', async (_, expression, words) => {
    await expect(bounded(expression)).rejects.toMatchObject({
      errorName: 'States.QueryEvaluationError',
      message: expect.stringMatching(words),
    });
    expect(await bounded('1 + 1')).toEqual({ bad: 2 });
  });

  test('those that wait behind it get their answers', async () => {
    const bad = bounded('($f := function($x){ $f($x+1) }; $f(1))');
    const good = Promise.all([bounded('1 + 1'), bounded('2 + 2')]);

    await expect(bad).rejects.toMatchObject({ errorName: 'States.QueryEvaluationError' });
    expect(await good).toEqual([{ bad: 2 }, { bad: 4 }]);
  });

  test('one for which no process can be started is a failure too', async () => {
    const { execPath } = process;
    const another = new Evaluator();
    process.execPath = '/nowhere/node';
    try {
      await expect(another.evaluate({ template: '{% 1 %}', bindings: {}, field: 'Output' })).rejects.toMatchObject({
        errorName: 'States.QueryEvaluationError',
        message: expect.stringContaining('ENOENT'),
      });
    } finally {
      process.execPath = execPath;
    }
    expect(await another.evaluate({ template: '{% 1 %}', bindings: {}, field: 'Output' })).toBe(1);
  });

  test('variables that no process can be told are a failure too', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];

    await expect(say('1', deep)).rejects.toMatchObject({ errorName: 'States.QueryEvaluationError' });
    expect(await say('1')).toBe(1);
  });
});
