import { expect, test } from 'vitest';
import { stepsOf } from '../../../lambdas/platform/steps/read-steps.ts';
import type { HistoryEntry } from '../../../lambdas/platform/steps/step.ts';

/** Events one second apart, in the order of AWS: what an event follows is not always the one before it. */
function history(...told: readonly (readonly [previous: number, type: string, details?: HistoryEntry['details']])[]) {
  return told.map(
    ([previous, type, details = {}], index): HistoryEntry => ({
      id: index + 1,
      previous,
      type,
      details,
      at: new Date(Date.UTC(2026, 10, 30, 0, 0, index)),
    }),
  );
}

const standing = (events: readonly HistoryEntry[]) =>
  stepsOf(events, new Map()).map(({ id, name, within, item, state, attempts }) => ({
    ...{ id, name, within, item, state },
    error: attempts.at(-1)?.error ?? null,
  }));

test('an iteration that takes the place of another is one of the Map, not of the state it follows', () => {
  const events = history(
    [0, 'ExecutionStarted'],
    [0, 'MapStateEntered', { name: 'Each' }],
    [2, 'MapStateStarted', { length: 2 }],
    [3, 'MapIterationStarted', { name: 'Each', index: 0 }],
    [4, 'PassStateEntered', { name: 'One' }],
    [5, 'PassStateExited', { name: 'One' }],
    [6, 'MapIterationSucceeded', { name: 'Each', index: 0 }],
    [6, 'MapIterationStarted', { name: 'Each', index: 1 }],
    [8, 'PassStateEntered', { name: 'One' }],
    [9, 'PassStateExited', { name: 'One' }],
    [10, 'MapIterationSucceeded', { name: 'Each', index: 1 }],
    [11, 'MapStateSucceeded'],
    [11, 'MapStateExited', { name: 'Each' }],
    [13, 'SucceedStateEntered', { name: 'Done' }],
    [14, 'SucceedStateExited', { name: 'Done' }],
    [15, 'ExecutionSucceeded'],
  );

  expect(standing(events)).toEqual([
    { id: 2, name: 'Each', within: null, item: null, state: 'succeeded', error: null },
    { id: 5, name: 'One', within: 2, item: 0, state: 'succeeded', error: null },
    { id: 9, name: 'One', within: 2, item: 1, state: 'succeeded', error: null },
    { id: 14, name: 'Done', within: null, item: null, state: 'succeeded', error: null },
  ]);
});

test('what cannot be evaluated on entry is the failure of the state that was entered', () => {
  const failed = { error: 'States.QueryEvaluationError', cause: 'nothing', state: 'Second' };
  const first = history(
    [0, 'ExecutionStarted'],
    [0, 'MapStateEntered', { name: 'Second' }],
    [0, 'EvaluationFailed', failed],
    [3, 'MapStateFailed'],
    [4, 'ExecutionFailed'],
  );
  const second = history(
    [0, 'ExecutionStarted'],
    [0, 'PassStateEntered', { name: 'First' }],
    [2, 'PassStateExited', { name: 'First' }],
    [3, 'PassStateEntered', { name: 'Second' }],
    [3, 'EvaluationFailed', failed],
    [5, 'ExecutionFailed'],
  );

  expect(stepsOf(first, new Map())[0]?.attempts).toHaveLength(1);
  expect(standing(first)).toMatchObject([{ name: 'Second', state: 'failed', error: 'States.QueryEvaluationError' }]);
  expect(standing(second)).toMatchObject([
    { name: 'First', state: 'succeeded', error: null },
    { name: 'Second', state: 'failed', error: 'States.QueryEvaluationError' },
  ]);
});

test('a Map says only that it failed: why, the item says', () => {
  const events = history(
    [0, 'ExecutionStarted'],
    [0, 'MapStateEntered', { name: 'Each' }],
    [2, 'MapStateStarted', { length: 1 }],
    [3, 'MapIterationStarted', { name: 'Each', index: 0 }],
    [4, 'TaskStateEntered', { name: 'Work' }],
    [5, 'TaskScheduled'],
    [6, 'TaskStarted'],
    [7, 'TaskFailed', { error: 'Busy', cause: 'Too many requests.' }],
    [8, 'MapIterationFailed', { name: 'Each', index: 0 }],
    [9, 'MapStateFailed'],
    [10, 'ExecutionFailed'],
  );

  expect(standing(events)).toMatchObject([
    { name: 'Each', state: 'failed', error: 'Busy' },
    { name: 'Work', state: 'failed', error: 'Busy' },
  ]);
});

test('the end of a Parallel inside a branch is not that of the outer one', () => {
  const events = history(
    [0, 'ExecutionStarted'],
    [0, 'ParallelStateEntered', { name: 'Outer' }],
    [2, 'ParallelStateStarted'],
    [3, 'ParallelStateEntered', { name: 'Inner' }],
    [4, 'ParallelStateStarted'],
    [5, 'PassStateEntered', { name: 'Leaf' }],
    [6, 'PassStateExited', { name: 'Leaf' }],
    [7, 'ParallelStateSucceeded'],
    [7, 'ParallelStateExited', { name: 'Inner' }],
    [9, 'ParallelStateSucceeded'],
    [9, 'ParallelStateExited', { name: 'Outer' }],
    [11, 'ExecutionSucceeded'],
  );

  expect(standing(events).map(({ name, within, state }) => [name, within, state])).toEqual([
    ['Outer', null, 'succeeded'],
    ['Inner', 2, 'succeeded'],
    ['Leaf', 4, 'succeeded'],
  ]);
});
