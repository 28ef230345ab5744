import { expect, test } from 'vitest';
import { firstChart, numberColumns } from '../../../packages/console/src/pages/query/numbers-of.ts';

const columns = ['county', 'deals', 'price'].map((name) => ({ name, type: 'varchar' }));

test('a chart is of the first numbers over the first column that holds something else', () => {
  const rows = [
    ['新北市', '12', '1.5e6'],
    ['臺北市', '-3', null],
  ];

  expect(numberColumns({ columns, rows })).toEqual([1, 2]);
  expect(firstChart({ columns, rows })).toEqual({ x: 0, y: 1 });
});

test('of numbers alone the second is drawn over the first', () => {
  expect(firstChart({ columns: columns.slice(1), rows: [['2024', '12']] })).toEqual({ x: 0, y: 1 });
});

test.for([[[]], [[['a', 'b', 'c']]], [[['a', '', ' ']]], [[['NaN', 'Infinity', '1,000']]]])(
  'where there are no numbers there is no chart: %j',
  ([rows]) => expect(firstChart({ columns, rows: rows as string[][] })).toBeUndefined(),
);
