import { expect, test } from 'vitest';
import { ConfigurationError } from '../../lambdas/kit/env.ts';
import * as errors from '../../lambdas/kit/errors.ts';
import { lastingFaults, passingFaults } from '../../lambdas/kit/faults.ts';
import { causeInFewWords, passingErrors, permanentErrors } from '../../lib/constructs/step.ts';
import { evaluate } from '../../local/state-machines/language/expression.ts';

test('the state machines know each error of the kit by what happens next', () => {
  const classes = Object.values(errors) as readonly (new (message: never) => Error)[];
  const made = classes.map((Class) => new Class('x' as never));
  const names = (permanent: boolean) =>
    made.filter((error) => error instanceof errors.PermanentError === permanent).map(({ name }) => name);

  expect(permanentErrors.toSorted()).toEqual(
    [...names(true), new ConfigurationError('x').name, ...lastingFaults].sort(),
  );
  expect(passingErrors.toSorted()).toEqual([...names(false), ...passingFaults].sort());
});

test.each([
  ['{"errorType":"E","errorMessage":"short","trace":[]}', 'short'],
  [`{"errorType":"E","errorMessage":"${'字'.repeat(30_000)}"}`, '字'.repeat(1000)],
  // Cut off by Step Functions: no JSON any more.
  [`{"errorMessage":"${'x'.repeat(32_000)}`, `{"errorMessage":"${'x'.repeat(983)}`],
])('the cause of one of many is told in so few words that all of them fit into a state: %.40s', async (Cause, told) => {
  const bindings = { states: { errorOutput: { Error: 'E', Cause } } };

  expect(await evaluate(`{% ${causeInFewWords} %}`, bindings, 'Output')).toBe(told);
});
