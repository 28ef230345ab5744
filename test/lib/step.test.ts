import { globSync, readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { evaluate } from 'one-machine/state-machines/language/expression.ts';
import { expect, test } from 'vitest';
import * as z from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { ConfigurationError } from '../../lambdas/kit/env.ts';
import * as errors from '../../lambdas/kit/errors.ts';
import { lastingFaults, passingFaults } from '../../lambdas/kit/faults.ts';
import { siteFaults } from '../../lambdas/presale/contract.ts';
import { HandlerFunction } from '../../lib/constructs/handler-function.ts';
import { MillraceStack } from '../../lib/constructs/millrace-stack.ts';
import {
  causeInFewWords,
  FaultBook,
  passingErrors,
  permanentErrors,
  step,
  type WorkloadFaults,
} from '../../lib/constructs/step.ts';
import { environmentNamed } from '../../lib/environment.ts';

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

test('every fault that an error is named for is one of the kit, or of its workload as a fault of that kind', () => {
  const workloads: Readonly<Record<string, WorkloadFaults>> = { presale: siteFaults };
  const named = globSync('lambdas/**/*.ts').flatMap((file) => {
    const { passing = [], lasting = [] } = workloads[file.split('/')[1] ?? ''] ?? {};
    const lists: Readonly<Record<string, readonly string[]>> = {
      TransientError: [...passingFaults, ...passing],
      PermanentError: [...lastingFaults, ...lasting],
    };
    const made = readFileSync(file, 'utf8').matchAll(/new (TransientError|PermanentError)\([^;]*?\bfault: '(\w+)'/g);
    return [...made].map(([, kind = '', fault = '']) => ({ file, fault, known: lists[kind]?.includes(fault) }));
  });

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ known }) => !known)).toEqual([]);
});

test('a step is tried again by the faults of its handler’s workload, and of no other', () => {
  const stack = new MillraceStack(new App({ context: cdk.context }), 'Some', environmentNamed('dev'));
  FaultBook.of(stack).tell('platform', { passing: ['Sleepy'], lasting: ['Gone'] });
  FaultBook.of(stack).tell('other', { passing: ['Elsewhere'], lasting: ['Elsewhere'] });
  const handler = new HandlerFunction(stack, 'Health', {
    handler: 'platform/health',
    contract: z.object({}),
    env: {},
    impact: 'None.',
    concurrency: 1,
  });
  const { Retry } = step(stack, 'Step', { name: 'A step', handler, input: {} }).toStateJson() as {
    readonly Retry: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  };

  const tries = (name: string) => Retry.find(({ ErrorEquals }) => ErrorEquals.includes(name))?.MaxAttempts;
  expect({ Sleepy: tries('Sleepy'), Gone: tries('Gone'), Elsewhere: tries('Elsewhere') }).toEqual({
    Sleepy: 3,
    Gone: 0,
    Elsewhere: undefined,
  });
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
