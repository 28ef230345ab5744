import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { sampleCells, sampleHeader, sampleLine } from '../sample-file.ts';
import { correctionDoors } from './correction-doors.ts';

/** Serial numbers, columns' names, characters and two people at once, in corrections. */

let database: TestDatabase<PresaleTables>;
let load: ReturnType<typeof correctionDoors>['load'];
let put: ReturnType<typeof correctionDoors>['put'];
let told: ReturnType<typeof correctionDoors>['told'];

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  ({ load, put, told } = correctionDoors(database.app));
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

test('a serial number of another form is a problem, in a file and in a correction', async () => {
  await load([sampleLine({ 編號: '含車位' }), sampleLine({ 編號: '' })]);
  const wrong = { column: '編號', reason: '含車位 is not a serial number' };

  expect(told()).toMatchObject([{ error_message: { 編號: wrong.reason } }, { error_message: { 編號: 'is missing' } }]);
  expect(await put({ 編號: '含車位' }, 2)).toMatchObject({ state: 'problem', reasons: [wrong] });
  expect(await deals()).toEqual([]);
});

test('an unknown column is refused by name, one of the row’s own file is not', async () => {
  const header = `${sampleHeader},新欄,備註`;
  const line = sampleLine({ 編號: serial, '建物現況格局-房': '22' });
  await load([], Buffer.from(`${header}\n${line},x,後\n${line},x,後,多\n`));

  expect(await put({ 樓: '1', 縣市: '新北市', 新欄: 'y' })).toMatchObject({
    status: 400,
    message: { json: { 樓: ['Unknown column.'], 縣市: ['Unknown column.'] } },
  });
  expect(await put({ 新欄: 'y', '備註 (2)': '又', '建物現況格局-房': '2' })).toMatchObject({ state: 'loaded' });
  expect(await deals()).toMatchObject([{ note: '', rooms: 2 }]);
});

test('the address may be called as other years call it, and is one cell', async () => {
  const old = sampleHeader.replace('土地位置建物門牌', '土地區段位置建物區段門牌');
  await load([], Buffer.from(`${old}\n${sampleLine({ 編號: serial, 備註: note })}\n`));

  expect(await put(sampleCells({ 編號: serial, 備註: note, 土地位置建物門牌: '一路１號' }))).toMatchObject({
    state: 'loaded',
  });
  expect(await deals()).toMatchObject([{ location: '一路１號' }]);
});

test('what can’t be stored becomes U+FFFD in corrections as well', async () => {
  await load([sampleLine({ 編號: serial, '建物現況格局-房': '22' })]);

  expect(await put({ '建物現況格局-房': '2', 備註: 'a\0\u0013b\uffff' })).toMatchObject({ state: 'loaded' });
  expect(await deals()).toMatchObject([{ note: 'a\uFFFD\uFFFDb\uFFFD' }]);
  expect(await corrections()).toMatchObject([{ after: { 備註: 'a\uFFFD\uFFFDb\uFFFD' } }]);
});

test('two who correct one row at once follow one another; two rows can’t take one serial number', async () => {
  await load([tooMany, lastColumn]);
  const line = (rooms: string) => sampleLine({ 編號: serial, '建物現況格局-房': rooms });

  const [one, other] = await Promise.all([put({ 原始資料: line('2') }), put({ 原始資料: line('3') })]);
  expect([one.state, other.state]).toEqual(['loaded', 'loaded']);
  const [, last] = await corrections();
  expect((await deals()).map(({ rooms }) => String(rooms))).toEqual([last?.after['建物現況格局-房']]);
  expect(await corrections()).toHaveLength(2);

  expect(await put({ 原始資料: line('4') }, 2)).toMatchObject({
    state: 'problem',
    reasons: [{ column: '編號', reason: 'is that of another row of this publication' }],
  });
  expect(await deals()).toHaveLength(1);
});

test('a line without end is corrected by all its cells', async () => {
  await load(['x'.repeat(100_001)]);

  expect(await put({ '建物現況格局-房': '2' })).toMatchObject({ state: 'problem' });
  expect(await put(sampleCells({ 編號: serial }))).toMatchObject({ state: 'loaded' });
});
