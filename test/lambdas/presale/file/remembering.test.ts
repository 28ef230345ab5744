import { expect, test } from 'vitest';
import { remembering } from '../../../../lambdas/presale/file/remembering.ts';

/** Tells which cells were really read. */
function counting() {
  const read: string[] = [];
  const reader = remembering((cell: string) => {
    read.push(cell);
    return cell === '全' ? null : cell.length;
  });
  return { read, reader };
}

test('a cell is read once, whatever its value', () => {
  const { read, reader } = counting();

  expect(['一層', '全', '一層', '全', ''].map(reader)).toEqual([2, null, 2, null, 0]);
  expect(read).toEqual(['一層', '全', '']);
});

test('the memory has an end: a damaged file with a value of its own in each row is read all the same', () => {
  const { read, reader } = counting();
  const cells = Array.from({ length: 1500 }, (_, index) => `${index}`);

  for (const cell of [...cells, ...cells]) expect(reader(cell)).toBe(cell.length);

  expect(read).toHaveLength(1500 + 500);
});

test('a long cell is not kept', () => {
  const { read, reader } = counting();

  expect([reader('x'.repeat(13)), reader('x'.repeat(13))]).toEqual([13, 13]);
  expect(read).toHaveLength(2);
});
