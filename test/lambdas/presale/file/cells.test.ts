import { expect, test } from 'vitest';
import {
  amountCell,
  areaCell,
  dateCell,
  Fault,
  floorCell,
  roomsCell,
  serialCell,
  textCell,
} from '../../../../lambdas/presale/file/cells.ts';
import { floorNumber } from '../../../../lambdas/presale/file/floor.ts';
import { rocDate } from '../../../../lambdas/presale/file/roc-date.ts';

const reason = (value: unknown) => (value instanceof Fault ? value.reason : `no fault: ${String(value)}`);

test.each([
  ['一層', 1],
  ['十層', 10],
  ['十三層', 13],
  ['二十層', 20],
  ['二十一層', 21],
  ['九十九層', 99],
  ['一百零一層', 101],
  ['一百一十層', 110],
  ['一百十三層', 113],
  ['地下三層', -3],
  ['地下一層', -1],
  ['15', 15],
  ['15層', 15],
])('%s is floor %d', (text, floor) => {
  expect(floorNumber(text)).toBe(floor);
});

test.each([
  '',
  '層',
  '全',
  '見其他登記事項',
  '1+2層',
  '一至四層',
  '1-3',
  '二三層',
  '一層，二層',
  '地下層',
  '夾層',
  '十零層',
  '零層',
  '屋頂',
])('%j is not exactly one floor', (text) => {
  expect(floorNumber(text)).toBeUndefined();
  expect(floorCell(text)).toBeNull();
});

test('a floor that no integer column holds is a fault', () => {
  expect(reason(floorCell('2147483648'))).toContain('larger');
});

test.each([
  ['1110713', '2022-07-13'],
  ['990713', '2010-07-13'],
  ['1090229', '2020-02-29'],
  ['0990713', '2010-07-13'],
  ['1001231', '2011-12-31'],
])('%s is %s', (text, date) => {
  expect(rocDate(text)).toBe(date);
});

test.each([
  '',
  '1110230',
  '1100229',
  '1111301',
  '1110700',
  '1110631',
  '0000101',
  '111071',
  '20220713',
  '111-07-13',
  '１１１０７１３',
])('%j is no day', (text) => {
  expect(rocDate(text)).toBeUndefined();
  expect(dateCell(text)).toBeInstanceOf(Fault);
});

test('an empty amount is nothing, and an amount is a whole number from 0 on', () => {
  expect([amountCell(''), amountCell('0'), amountCell(' 12500000 ')]).toEqual([0, 0, 12_500_000]);
});

test.each([
  ['12500000.0', 'is not a whole number'],
  ['abc', 'is not a whole number'],
  ['1,5', 'is not a whole number'],
  ['-1', 'is negative'],
  ['9007199254740992', 'is larger'],
  ['99999999999999999999', 'is larger'],
])('the amount %j %s', (text, words) => {
  expect(reason(amountCell(text))).toContain(words);
});

test('an area keeps its digits, and empty is nothing', () => {
  expect([areaCell(''), areaCell('138.53'), areaCell('10'), areaCell('-0.0')]).toEqual(['0', '138.53', '10', '-0.0']);
});

test.each([
  ['abc', 'is not a number'],
  ['NaN', 'is not a number'],
  ['1e9', 'is not a number'],
  ['-0.5', 'is negative'],
  ['1.23456789012345678', 'digits'],
])('the area %j %s', (text, words) => {
  expect(reason(areaCell(text))).toContain(words);
});

test.each([
  ['', 'is empty'],
  ['2.0', 'is not a whole number'],
  ['-1', 'is negative'],
  ['10', 'is 10 or above'],
  ['11080414', 'is 10 or above'],
])('%j rooms %s', (text, words) => {
  expect(reason(roomsCell(text))).toContain(words);
});

test('rooms go from 0 to 9', () => {
  expect(['0', '9'].map(roomsCell)).toEqual([0, 9]);
});

test('a text is as long as its characters, not as its UTF-16 units', () => {
  const read = textCell(3);

  expect(read('𠀀𠀀𠀀')).toBe('𠀀𠀀𠀀');
  expect(reason(read('𠀀𠀀𠀀𠀀'))).toContain('longer than 3');
});

test('private-use and replacement characters stay', () => {
  expect(textCell(9)('\uE000\uFFFD"')).toBe('\uE000\uFFFD"');
});

test.each(['RPUSNLMLOHGGFBF68CB', ' RPTESTM00005XYZ ', '\u3000RPTESTM00005XYZ'])('%j is a serial number', (text) => {
  expect(serialCell(text)).toBe(text.trim());
});

test.each([
  '含車位',
  'PARK268',
  '1500000',
  'A棟5號',
  'RP',
  'RPTEST 00001',
  'rptestm00005xyz',
  'ＲＰＴＥＳＴＭ００００５',
  'RPTESTM0000\uFFFDXYZ',
  `RP${'A'.repeat(40)}`,
])('%j is no serial number', (text) => {
  expect(reason(serialCell(text))).toMatch(/ is not a serial number$/);
});

test('a serial number that is empty is missing', () => {
  expect([reason(serialCell('')), reason(serialCell('\u3000 '))]).toEqual(['is missing', 'is missing']);
});

test('a reason quotes no half of a character', () => {
  expect(reason(roomsCell(`${'x'.repeat(39)}𠀀x`)).isWellFormed()).toBe(true);
});
