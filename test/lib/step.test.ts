import { expect, test } from 'vitest';
import { ConfigurationError } from '../../lambdas/kit/env.ts';
import * as errors from '../../lambdas/kit/errors.ts';
import { lastingFaults, passingFaults } from '../../lambdas/kit/faults.ts';
import { passingErrors, permanentErrors } from '../../lib/constructs/step.ts';

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
