import { expect, test } from 'vitest';
import { mentionedSerials } from '../../../../lambdas/presale/file/mentioned-serials.ts';

const serials = new Set(['RPAB1', 'RPAB2', 'RPABC33', '台1']);

test('a problem row may be of the serial number that one of its values is', () => {
  expect([...mentionedSerials(serials, [{ 編號: ' RPAB1 ', 備註: 'x' }, { 備註: 'RPABC33' }])]).toEqual([
    'RPAB1',
    'RPABC33',
  ]);
  expect([...mentionedSerials(serials, [{ 編號: 'xRPAB1' }, { 備註: 'RPAB1, RPAB2' }])]).toEqual([]);
});

test('of a row whose values don’t fit the columns any part may be the serial number', () => {
  const row = { 編號: '', 原始資料: 'a,b,RPAB2RPABC33,台1' };

  expect(mentionedSerials(serials, [row])).toEqual(new Set(['RPAB2', 'RPABC33', '台1']));
});

test('a hundred thousand serial numbers and thousands of rows are one pass', () => {
  const many = new Set(Array.from({ length: 100_000 }, (_, index) => `S${index}`));
  const rows = Array.from({ length: 3000 }, (_, index) => ({ 原始資料: `${'x'.repeat(300)},S${index}` }));

  expect(mentionedSerials(many, rows).size).toBe(3000);
});
