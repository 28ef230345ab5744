import { expect, test } from 'vitest';
import { failedItems } from '../../src/doors/batch-answer.ts';

test.each([
  [null],
  [undefined],
  [{}],
  [{ more: 1 }],
  [{ batchItemFailures: null }],
  [{ batchItemFailures: undefined }],
  [{ batchItemFailures: [] }],
])('%j is a success', (answer) => {
  expect(failedItems(answer)).toEqual([]);
});

test.each([
  ['x'],
  [''],
  [1],
  [true],
  [[]],
  [['x']],
  [{ batchItemFailures: 'x' }],
  [{ batchItemFailures: {} }],
  [{ batchItemFailures: 1 }],
  [{ batchItemFailures: [null] }],
  [{ batchItemFailures: ['x'] }],
  [{ batchItemFailures: [{}] }],
  [{ batchItemFailures: [{ itemIdentifier: null }] }],
  [{ batchItemFailures: [{ itemIdentifier: '' }] }],
  [{ batchItemFailures: [{ itemidentifier: 'x' }] }],
  [{ batchItemFailures: [{ itemIdentifier: 'x' }, null] }],
])('%j is no answer: the whole batch has failed', (answer) => {
  expect(failedItems(answer)).toBeUndefined();
});

test('items are what they are called', () => {
  const itemIdentifier = { partition: 'a-0', offset: 1 };

  expect(failedItems({ batchItemFailures: [{ itemIdentifier }, { itemIdentifier: 'x' }] })).toEqual([
    itemIdentifier,
    'x',
  ]);
});
