import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { readingApi } from '../api/api.ts';
import { sampleCells, sampleHeader, sampleLine } from '../sample-file.ts';
import { type Cells, correctionDoors, type Row } from './correction-doors.ts';

/** Lines whose fields don't fit the header: what stands under a name is another column's, so no cell alone mends them. */

let database: TestDatabase<PresaleTables>;
let load: ReturnType<typeof correctionDoors>['load'];
let put: ReturnType<typeof correctionDoors>['put'];
let drop: ReturnType<typeof correctionDoors>['drop'];
let told: ReturnType<typeof correctionDoors>['told'];

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  ({ load, put, drop, told } = correctionDoors(database.app));
  await sql`TRUNCATE presale.deals, presale.corrections, presale.runs, platform.failures RESTART IDENTITY CASCADE`.execute(
    database.admin.query,
  );
});

const serial = 'RPTEST0RAGGED';
const note = '總價含家電,含車位';
const tooMany = sampleLine({ 編號: serial, 備註: note });
const lastColumn = sampleLine({ 編號: serial, 棟及號: 'A棟5樓,之3' });
const deals = () => database.app.query.selectFrom('presale.deals').selectAll().orderBy('id').execute();
const corrections = () => database.app.query.selectFrom('presale.corrections').selectAll().orderBy('id').execute();
const tooFew = sampleLine({ 編號: serial }).replace('測試區,', '');
const open = async () => {
  const { rows } = await sql<{ reason: string; input: string }>`
    SELECT reason, input FROM platform.failures WHERE state = 'open'`.execute(database.admin.query);
  return rows;
};

test.each([
  ['a comma in the note', tooMany],
  ['a cell that is missing', tooFew],
  ['a comma behind the last column', lastColumn],
  ['commas at its end', `${sampleLine({ 編號: serial })},,`],
  ['two fields', `測試區,${serial}`],
])('a row with %s loads by none of its cells: it stays unreadable', async (_, line) => {
  await load([line, sampleLine()]);

  for (const cells of [
    { '建物現況格局-房': '2' },
    { 編號: serial },
    { 編號: serial, 備註: '', 總價元: '1' },
  ] as Cells[]) {
    expect(await put(cells)).toMatchObject({
      status: 200,
      state: 'problem',
      reasons: [{ column: '', reason: expect.stringContaining('where the header has 30') }, { column: '' }],
    });
  }
  expect((await deals()).map(({ serial_number }) => serial_number)).toEqual(['RPTEST00S1']);
  expect((await open()).map(({ reason }) => reason)).toEqual(['UnreadableRow']);
  expect(told()).toMatchObject([{ 原始資料: line, error_message: { 整列: expect.stringContaining('lacks') } }]);
});

test('its line given anew loads it, with who, when, before and after', async () => {
  await load([tooMany]);
  const line = sampleLine({ 編號: serial, 備註: '總價含家電，含車位' });

  expect(await put({ 原始資料: line })).toMatchObject({ state: 'loaded', reasons: [] });
  expect(await deals()).toMatchObject([{ serial_number: serial, note: '總價含家電，含車位', project_name: '樣品屋' }]);
  expect(await open()).toEqual([]);
  const [kept] = await corrections();
  expect(kept).toMatchObject({
    corrected_by: expect.stringMatching(/:Mei$/),
    before: { 原始資料: tooMany },
    after: sampleCells({ 編號: serial, 備註: '總價含家電，含車位' }),
  });
  expect(Object.keys(kept?.before ?? {})).toEqual(['原始資料']);
});

test.each([
  ['a field too many again', `${tooMany},`, 'has 32 fields where the header has 30'],
  ['more than one line', `${sampleLine()}\n${sampleLine()}`, 'is more than one line'],
  ['nothing', '', 'has 1 fields where the header has 30'],
])('a line with %s loads nothing', async (_, line, reason) => {
  await load([tooMany]);

  expect(await put({ 原始資料: line })).toMatchObject({
    state: 'problem',
    reasons: [{ column: '' }, { column: '原始資料', reason }],
  });
  expect(await deals()).toEqual([]);
  expect((await open()).map(({ reason: word }) => word)).toEqual(['UnreadableRow']);
});

test('all its cells load it, a comma inside one too; the columns’ names are told', async () => {
  await load([tooMany]);
  const { body } = await readingApi(database.app)('GET /presale/problems/{id}', {}, { id: '1' });
  expect(body.result).toMatchObject({ raw: { 原始資料: tooMany }, header: sampleHeader.split(',') });
  expect(Object.keys((body.result as unknown as { raw: Cells }).raw)).toEqual(['原始資料']);
  const { 都市土地使用分區: _, ...most } = sampleCells({ 編號: serial, 備註: note });

  expect(await put(most)).toMatchObject({ state: 'problem' });
  expect(await put({ ...most, 都市土地使用分區: '住' })).toMatchObject({ state: 'loaded' });
  expect(await deals()).toMatchObject([{ serial_number: serial, note, price_twd: 11_280_000 }]);
});

test('a row of right length that is still wrong is a wrong cell from then on, corrected by that cell', async () => {
  await load([tooMany]);

  expect(await put({ 原始資料: sampleLine({ 編號: serial, '建物現況格局-房': '22' }) })).toMatchObject({
    state: 'problem',
  });
  expect((await open()).map(({ reason }) => reason)).toEqual(['UnreadableRow']);
  expect(told()).toMatchObject([{ 編號: serial, error_message: { '建物現況格局-房': '22 is 10 or above' } }]);
  expect(await put({ '建物現況格局-房': '2' })).toMatchObject({ state: 'loaded' });
  expect(await deals()).toMatchObject([{ serial_number: serial, rooms: 2 }]);
});

test('a whole file put back with one row edited loads that one and leaves the rest unchanged', async () => {
  await load([
    tooMany,
    lastColumn,
    sampleLine({ 編號: 'RPTEST00P1', '建物現況格局-房': '22', 交易年月日: ' 0990713' }),
    sampleLine({ 編號: 'RPTEST00P2', '建物現況格局-房': '23' }),
  ]);
  const before = told();
  const edited = before.map((row) => (row.編號 === 'RPTEST00P2' ? { ...row, '建物現況格局-房': '3' } : row));

  expect((await drop(edited)).map(({ state }) => state)).toEqual(['unchanged', 'unchanged', 'unchanged', 'loaded']);
  expect((await deals()).map(({ serial_number }) => serial_number)).toEqual(['RPTEST00P2']);
  expect(told()).toEqual(before.slice(0, 3));
  expect(await corrections()).toHaveLength(1);
});

test('a row that somebody else has corrected stays so when a file puts it back as it first was', async () => {
  await load([tooMany, sampleLine({ 編號: 'RPTEST00P1', '建物現況格局-房': '22' })]);
  const taken = told();
  await put({ 原始資料: sampleLine({ 編號: serial }) }, 1);
  await put({ '建物現況格局-房': '3' }, 2);

  expect((await drop(taken)).map(({ state }) => state)).toEqual(['unchanged', 'unchanged']);
  expect(await deals()).toHaveLength(2);
  expect((await deals()).map(({ withdrawn_at }) => withdrawn_at)).toEqual([null, null]);
  expect(told()).toEqual([]);
});

test('by a file: one cell loads nothing, a new line or all cells do, also without the line’s number', async () => {
  await load([tooMany, lastColumn.replace(serial, 'RPTEST0LAST')]);
  const [first, second] = told();

  expect((await drop([{ ...first, '建物現況格局-房': '2' }])).map(({ state }) => state)).toEqual(['problem']);
  expect(await drop([{ 縣市: '新北市', ...sampleCells({ 編號: serial, 備註: note }) }])).toMatchObject([
    { state: 'loaded' },
  ]);
  const line = sampleLine({ 編號: 'RPTEST0LAST', 棟及號: 'A棟5樓之3' });
  expect(await drop([{ ...second, 原始資料: line }])).toMatchObject([{ state: 'loaded' }]);
  expect((await deals()).map(({ unit, note: text }) => [unit, text])).toEqual([
    ['', note],
    ['A棟5樓之3', ''],
  ]);
});

test('a replay from the ledger is held to the same', async () => {
  await load([tooMany]);
  const [failure] = await open();
  const input = JSON.parse(String(failure?.input)) as Row;
  const key = 'presale/corrected/2022-09-11/F.3.json';

  expect(await drop([input], key)).toMatchObject([{ state: 'unchanged' }]);
  expect(await drop([{ ...input, 編號: serial }], key)).toMatchObject([{ state: 'problem' }]);
  expect(await deals()).toEqual([]);
  expect(await drop([{ ...input, 原始資料: sampleLine({ 編號: serial }) }], key)).toMatchObject([{ state: 'loaded' }]);
});

test('the raw file loaded again undoes no correction of such a row', async () => {
  await load([tooMany]);
  await put(sampleCells({ 編號: serial, 備註: note }));
  const before = await deals();

  expect(await load([tooMany])).toMatchObject({ problems: 1, good: 0 });
  expect([await deals(), told()]).toEqual([before, []]);
});
