import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PermanentError, TransientError } from '../../../../lambdas/kit/errors.ts';
import { columns, textLimits } from '../../../../lambdas/presale/file/columns.ts';
import type { FileRow } from '../../../../lambdas/presale/file/file-row.ts';
import { unknownNames } from '../../../../lambdas/presale/file/known-names.ts';
import { maxLineLength } from '../../../../lambdas/presale/file/lines.ts';
import { readFile } from '../../../../lambdas/presale/file/read-file.ts';
import { cellOf, encoded, reasonsOf, rowsOf, sampleFile, sampleHeader, sampleLine, streamed } from '../sample-file.ts';

test('a good row gives every value of a deal', async () => {
  const [row] = await rowsOf(sampleFile([sampleLine()]));

  const values = (...fields: string[]) => fields.map((field) => cellOf(row, field));
  expect(row?.line).toBe(3);
  expect(values('serial_number', 'district', 'transaction_date')).toEqual(['RPTEST00S1', '測試區', '2022-07-13']);
  expect(values('floor_text', 'floor', 'total_floors')).toEqual(['十三層', 13, 15]);
  expect(values('building_area_m2', 'rooms', 'price_twd')).toEqual(['139.01', 3, 11_280_000]);
  expect(values('project_name', 'unit', 'termination')).toEqual(['樣品屋', '', '']);
});

test.each([
  ['no', ''],
  ['two', '\uFEFF\uFEFF'],
])('%s byte order marks make no difference', async (_, marks) => {
  const one = sampleFile([sampleLine()]);

  expect(await rowsOf(Buffer.concat([Buffer.from(marks), one.subarray(3)]))).toEqual(await rowsOf(one));
});

test('LF line ends and a missing last one make no difference', async () => {
  const file = Buffer.from(sampleFile([sampleLine(), sampleLine({ 編號: 'RPTEST00S2' })])).toString();

  expect(await rowsOf(file.replaceAll('\r\n', '\n').trimEnd())).toEqual(await rowsOf(file));
});

test('a stray quote is a character like any other', async () => {
  const rows = await rowsOf(sampleFile([sampleLine({ 備註: '"半開' }), sampleLine({ 編號: 'RPTEST00S2' })]));

  expect(rows.map((row) => cellOf(row, 'note'))).toEqual(['"半開', '']);
});

test('a comma inside a field makes a ragged row, kept whole, and stops no other', async () => {
  const ragged = sampleLine({ 備註: '一,二' });

  const [first, second] = await rowsOf(sampleFile([ragged, sampleLine({ 編號: 'RPTEST00S2' })]));
  expect(reasonsOf(first)).toEqual(['has 31 fields where the header has 30']);
  expect(first).toMatchObject({ raw: { 鄉鎮市區: '測試區', 原始資料: ragged } });
  expect(cellOf(second, 'serial_number')).toBe('RPTEST00S2');
});

test('a file that was cut ends in a ragged row', async () => {
  const whole = sampleFile([sampleLine(), sampleLine({ 編號: 'RPTEST00S2' })]);

  const rows = await rowsOf(whole.subarray(0, whole.length - 40));
  expect(rows.map(({ state }) => state)).toEqual(['good', 'problem']);
});

test('a problem row has all its reasons and all its raw values', async () => {
  const [row] = await rowsOf(
    sampleFile([sampleLine({ '建物現況格局-廳': '112', '建物現況格局-衛': '112', 交易年月日: '1110230', 編號: ' ' })]),
  );

  expect(reasonsOf(row)).toEqual([
    '編號 is missing',
    '交易年月日 1110230 is not a date',
    '建物現況格局-廳 112 is 10 or above',
    '建物現況格局-衛 112 is 10 or above',
  ]);
  expect(row).toMatchObject({ raw: { 交易年月日: '1110230', 主要用途: '住家用', 都市土地使用分區: '' } });
});

test('columns are found by name in any order, among unknown ones, and by the old name of the address', async () => {
  const old = sampleHeader.replace('土地位置建物門牌', '土地區段位置建物區段門牌').split(',').reverse();
  const line = sampleLine().split(',').reverse();

  const [row] = await rowsOf(`${['新欄', ...old].join(',')}\n${['x', ...line].join(',')}\n`);
  expect(cellOf(row, 'location')).toBe('新北市測試區一路１號');
  expect(cellOf(row, 'serial_number')).toBe('RPTEST00S1');
});

test('columns that came later may be absent', async () => {
  const without = (line: string) => line.split(',').slice(0, 28).join(',');

  const [row] = await rowsOf(`${without(sampleHeader)}\n${without(sampleLine())}\n`);
  expect([cellOf(row, 'project_name'), cellOf(row, 'unit')]).toEqual(['', '']);
});

test('the termination column is read where it is', async () => {
  const [row] = await rowsOf(`${sampleHeader},解約情形\n${sampleLine()},全部解約1120512\n`);

  expect(cellOf(row, 'termination')).toBe('全部解約1120512');
});

test('missing required columns stop the file, all of them named', async () => {
  const header = sampleHeader.replace('編號', '號').replace('總價元', '總價');

  await expect(rowsOf(`${header}\n${sampleLine()}\n`)).rejects.toThrow(PermanentError);
  await expect(rowsOf(`${header}\n${sampleLine()}\n`)).rejects.toThrow('編號, 總價元');
});

test.each([
  ['a page of HTML', '<!DOCTYPE html><html><body>系統發生錯誤</body></html>'],
  ['a page of HTML after blank space', '\uFEFF  <html>'],
  ['nothing at all', ''],
  ['only a byte order mark', '\uFEFF'],
])('%s is tried again later', async (_, text) => {
  await expect(rowsOf(text)).rejects.toThrow(TransientError);
});

test('a file without its English header loses no row', async () => {
  expect(await rowsOf(`${sampleHeader}\n${sampleLine()}\n`)).toHaveLength(1);
});

test('blank lines are no rows, and line numbers are those of the file', async () => {
  const rows = await rowsOf(sampleFile([sampleLine(), '', sampleLine({ 編號: 'RPTEST00S2' })]));

  expect(rows.map(({ line }) => line)).toEqual([3, 5]);
});

test('a text beyond its column makes a problem row', async () => {
  const [row] = await rowsOf(sampleFile([sampleLine({ 建案名稱: '長'.repeat(201) })]));

  expect(reasonsOf(row)).toEqual(['建案名稱 is longer than 200 characters']);
});

const textColumns = columns.flatMap(({ field, names }) =>
  field in textLimits && field !== 'serial_number' ? [[field, names[0]] as const] : [],
);

test.each(textColumns)('%s takes U+FFFD for what can’t be stored, and the row is good', async (field, name) => {
  const header = name === '解約情形' ? `${sampleHeader},解約情形` : sampleHeader;
  const line = sampleLine({ [name]: '(cell)' });
  const cells = name === '解約情形' ? `${line},(cell)` : line;

  const [row] = await rowsOf(`${header}\n${cells.replace('(cell)', 'A棟A\0\u0013K5')}\n`);
  expect(cellOf(row, field)).toBe('A棟A\uFFFD\uFFFDK5');
});

test('what can be stored stays: tabs, C1 controls, line separators, private use, marks inside', async () => {
  const odd = '\t\u0085\u009F\u2028\uE04B\uFDD0\u{1FFFE}a\uFEFF\u007F';

  const [row] = await rowsOf(sampleFile([sampleLine({ 備註: odd })]));
  expect(cellOf(row, 'note')).toBe(odd);
});

test('bytes that are not UTF-8 are U+FFFD, and so is what UTF-8 may not encode', async () => {
  const [before = '', after = ''] = sampleLine({ 備註: '(cell)' }).split('(cell)');
  const bytes = [0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xef, 0xbf, 0xbf];

  const [row] = await rowsOf(
    Buffer.concat([Buffer.from(`${sampleHeader}\n${before}`), Buffer.from(bytes), Buffer.from(`${after}\n`)]),
    7,
  );
  expect(cellOf(row, 'note')).toMatch(/^\uFFFD+\(\uFFFD+$/);
});

test('a number or a date with a control character is a problem that can be told', async () => {
  const [row] = await rowsOf(sampleFile([sampleLine({ 總價元: '12\0', 編號: 'RPTEST\u000100001' })]));

  expect(reasonsOf(row)).toEqual([
    '編號 RPTEST\uFFFD00001 is not a serial number',
    '總價元 12\uFFFD is not a whole number',
  ]);
});

test('a header that comes again is told as one, and the rows behind it are read', async () => {
  const file = Buffer.from(sampleFile([sampleLine()]));

  const rows = await rowsOf(Buffer.concat([file, file]));
  expect(rows.map(({ state }) => state)).toEqual(['good', 'problem', 'problem', 'good']);
  // The second line of a header is in English.
  for (const row of rows.slice(1, 3))
    expect(reasonsOf(row)).toEqual(['repeats the header: two files may stand in one']);
});

test('a column that comes twice is read by its first, and the second is one that nobody knows', async () => {
  const seen: string[] = [];
  const bytes = streamed(Buffer.from(`${sampleHeader},備註,備註\n${sampleLine({ 備註: '一', 總價元: 'x' })},二,三\n`));

  const [rows] = await Array.fromAsync(readFile(bytes, new Map(), { onHeader: (names) => void seen.push(...names) }));
  expect(unknownNames(seen)).toEqual(['備註 (2)', '備註 (3)']);
  expect(rows?.[0]).toMatchObject({ raw: { 備註: '一', '備註 (2)': '二', '備註 (3)': '三' } });
});

test('a line without end is one problem row, and the file goes on after it', async () => {
  const rows = await rowsOf(sampleFile(['x'.repeat(3 * maxLineLength), sampleLine()]), 5000);

  expect(rows.map(({ state }) => state)).toEqual(['problem', 'good']);
  expect(reasonsOf(rows[0])).toEqual([`is longer than ${maxLineLength} characters`]);
});

test('a refused line comes back as a problem with the reason given', async () => {
  const bytes = streamed(sampleFile([sampleLine(), sampleLine({ 編號: 'RPTEST00S2' })]));
  const reason = { column: '編號', reason: 'is that of line 3 with other values' };

  const rows: FileRow[] = [];
  for await (const batch of readFile(bytes, new Map([[4, reason]]))) rows.push(...batch);
  expect(rows.map(({ state }) => state)).toEqual(['good', 'problem']);
  expect(reasonsOf(rows[1])).toEqual(['編號 is that of line 3 with other values']);
});

test('where the chunks end makes no difference', async () => {
  const bytes = sampleFile([
    sampleLine({ 備註: '𠀀龜' }),
    sampleLine({ '建物現況格局-房': '22' }),
    'ragged,row',
    sampleLine(),
  ]);
  const whole = await rowsOf(bytes);

  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (chunkBytes) => {
      expect(await rowsOf(bytes, chunkBytes)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('every line that is not blank is one good or one problem row, whatever stands in it', async () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('3', '22', '', '1110713', 'RPTEST00S1', '-1', '\0', '"', '\uFEFF'),
  );
  const wild = fc.array(cell, { minLength: 1, maxLength: 32 }).map((cells) => cells.join(',').replace(/[\n\r]/g, ''));
  const line = fc.oneof(
    wild,
    fc.dictionary(fc.constantFrom('編號', '總價元', '交易年月日', '備註'), cell).map(sampleLine),
  );

  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
      const texts = lines.map((text) => text.replace(/[\n\r]/g, ''));
      const rows = await rowsOf(sampleFile(texts));

      expect(rows).toHaveLength(texts.filter((text) => text !== '').length);
      for (const row of rows) if (row.state === 'problem') expect(row.reasons.length).toBeGreaterThan(0);
    }),
  );
});

test('a day before 2000, or after the day its file is as of, makes a problem row', async () => {
  const days = ['0881231', '0890101', '1110930', '1111001'];
  const bytes = Buffer.from(sampleFile(days.map((day, at) => sampleLine({ 交易年月日: day, 編號: `RPTEST00D${at}` }))));
  const rows = (await Array.fromAsync(readFile(streamed(bytes), new Map(), { newest: '2022-09-30' }))).flat();

  expect(rows.map((row) => (row.state === 'good' ? [] : reasonsOf(row)))).toEqual([
    ['交易年月日 0881231 is before 2000-01-01'],
    [],
    [],
    ['交易年月日 2022-10-01 is after the file’s own 2022-09-30'],
  ]);
});

test.each(['big5', 'gb18030', 'utf-16le', 'utf-16be'] as const)(
  'a file in %s is read as one in UTF-8 is',
  async (encoding) => {
    const lines = Array.from({ length: 60 }, (_, at) =>
      sampleLine({ 編號: `RPTEST00S${at}`, 備註: '親友、員工或其他特殊關係間之交易；' }),
    );
    const text = Buffer.from(sampleFile(lines)).toString();
    const utf8 = await rowsOf(text);

    expect(utf8.filter(({ state }) => state === 'good')).toHaveLength(60);
    for (const bytesAtOnce of [7, 4096, 1_000_000])
      expect(await rowsOf(encoded(text.replace('\uFEFF', ''), encoding), bytesAtOnce)).toEqual(utf8);
  },
);
