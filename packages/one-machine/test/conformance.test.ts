import { expect, test } from 'vitest';
import { difference } from '../conformance/compare.ts';
import type { Outcome } from '../conformance/outcome.ts';
import { withOutcomes } from '../conformance/table.ts';

const outcome: Outcome = { area: 'B', against: 'b 1', tried: 3, equal: 1, refused: ['x'], different: ['one: 1 | 2'] };
const empty = 'before\n<!-- conformance: npm run conformance -->\n\n\n<!-- end of conformance -->\nafter';

test('the table has a row for each area, and one that was not tried today stays', () => {
  const first = withOutcomes(empty, [outcome, { ...outcome, area: 'A', different: [] }], '2026-11-29');
  const second = withOutcomes(first, [{ ...outcome, area: 'A', equal: 2, different: [] }], '2026-11-30');

  expect(second.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| area'))).toEqual([
    '| A | b 1 | 2026-11-30 | 3 | 2 | 1 |  |',
    '| B | b 1 | 2026-11-29 | 3 | 1 | 1 | one: 1 \\| 2 |',
  ]);
  expect(withOutcomes(second, [], '2026-12-01')).toBe(second);
  expect(second).toMatch(/^before\n.*after$/s);
});

test.each<[string, unknown, unknown, string | undefined]>([
  ['what is masked', { at: 'timestamp', arn: 'arn:<partition>:x' }, { at: 1, arn: 'arn:aws:x' }, undefined],
  ['how AWS asked its services', { StatusCode: 200, SdkHttpMetadata: {} }, { StatusCode: 200 }, undefined],
  ['another value', [{ a: 1 }], [{ a: 2 }], '/0/a'],
  ['another text round a mask', 'arn:<partition>:x', 'arn:aws:y', ''],
  ['something less', { a: 1, b: 2 }, { a: 1 }, '/b is missing'],
  ['something more', { a: 1 }, { a: 1, b: 2 }, '/b is too much'],
  ['a list for an object', {}, [], ''],
])('a recording differs by all but masks: %s', (_, recorded, ours, where) => {
  expect(difference(recorded, ours)).toBe(where);
});
