import { expect, test } from 'vitest';
import { functionId } from '../../../../lambdas/tasks/api/function-id.ts';
import { functionsQuery, listQuery, submission } from '../../../../lambdas/tasks/api/parameters.ts';
import { functions } from '../../../../lambdas/tasks/functions/index.ts';

test.each([
  [undefined, 1],
  ['', 1],
  [' ', 1],
  ['0', 1],
  ['-0', 1],
  ['-1', 1],
  ['-99999999999999999999', 1],
  ['1', 1],
  [' 7', 7],
  ['+7', 7],
  ['007', 7],
  ['99999999999999999999', 1_000_000_000],
  ['9'.repeat(400), 1_000_000_000],
])('page=%j is page %i', (page, expected) => {
  expect(listQuery.parse({ page }).page).toBe(expected);
});

test.each([
  [undefined, 10],
  ['', 1],
  ['0', 1],
  ['-5', 1],
  ['100', 100],
  ['101', 100],
  ['1000000', 100],
])('per_page=%j is %i rows', (perPage, expected) => {
  for (const query of [listQuery, functionsQuery]) expect(query.parse({ per_page: perPage }).per_page).toBe(expected);
});

test.each(['first', '1.5', '1e3', '1,2', '0x10', '１', '- 1', 'NaN', 'Infinity', '1_0'])('%j is no number', (text) => {
  for (const field of ['page', 'per_page'])
    expect(listQuery.safeParse({ [field]: text }).error?.issues).toMatchObject([
      { path: [field], message: 'should be integer.' },
    ]);
});

test('an empty filter filters nothing, and what no route knows is not minded', () => {
  expect(listQuery.parse({ username: '', status: '', name: '', callback: 'x' })).toEqual({ page: 1, per_page: 10 });
  expect(submission.parse({ name: 'a:b', args: '[1]', extra: 1 })).toEqual({
    ...{ name: 'a:b', args: [1], kwargs: {}, desc: '', visibility: 'owner' },
  });
});

test('every function has a number of its own that typed clients hold, and its day', () => {
  const all = [...functions.values()];
  const ids = all.map(({ name }) => functionId(name));

  expect(new Set(ids).size).toBe(all.length);
  for (const id of ids) expect(Number.isInteger(id) && id >= 0 && id < 2 ** 31).toBe(true);
  // Clients have kept it: it never changes.
  expect(functionId('tasks.general.example:word_count')).toBe(1536164368);
  for (const { published, publishedOn } of all)
    if (published) expect(new Date(publishedOn ?? '').toISOString().slice(0, 10)).toBe(publishedOn);
});
