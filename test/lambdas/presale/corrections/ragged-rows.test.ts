import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { apiHandler } from '../../../../lambdas/kit/api-handler.ts';
import { correctApi } from '../../../../lambdas/presale/corrections/correct-problem.ts';
import { loadCorrections } from '../../../../lambdas/presale/corrections/load-corrections.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { correctionStore } from '../../../../lambdas/presale/stores/correction-store.ts';
import { driftStore } from '../../../../lambdas/presale/stores/drift-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { readingApi } from '../api/api.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleCells, sampleFile, sampleHeader, sampleLine } from '../sample-file.ts';

/** Lines whose fields don't fit the header: what stands under a name is another column's, so no cell alone mends them. */

let database: TestDatabase<PresaleTables>;
let raw: ReturnType<typeof fakeRawFiles>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  raw = fakeRawFiles();
  await sql`TRUNCATE presale.deals, presale.corrections, presale.runs, platform.failures RESTART IDENTITY CASCADE`.execute(
    database.admin.query,
  );
});

type Row = Record<string, unknown>;
type Cells = Record<string, string>;

const plan = samplePlan();
const serial = 'RPTEST0RAGGED';
const note = '總價含家電,含車位';
const tooMany = sampleLine({ 編號: serial, 備註: note });
const tooFew = sampleLine({ 編號: serial }).replace('測試區,', '');
const lastColumn = sampleLine({ 編號: serial, 棟及號: 'A棟5樓,之3' });

async function load(lines: readonly string[], file: Uint8Array = sampleFile(lines)) {
  await runStore(database.app).begin(plan);
  const backup = sampleBackup();
  raw.objects.set(backup.source_key, Buffer.from(file));
  const app = database.app;
  const ports = { raw, load: dealLoader(app, 'raw'), problems: problemReader(app), drift: driftStore(app) };
  return loadCounty({ plan, county: 'F', backup }, ports);
}

const ports = () => ({
  raw,
  corrections: correctionStore(database.app, 'raw'),
  problems: problemReader(database.app),
});

/** `PUT /presale/problems/{id}`, as API Gateway calls it. */
async function put(cells: Cells, id = 1) {
  const handler = apiHandler({ env: z.object({}), authenticate: undefined, services: ports, routes: correctApi });
  const event = {
    routeKey: 'PUT /presale/problems/{id}',
    headers: {},
    pathParameters: { id: String(id) },
    body: JSON.stringify({ cells, who: 'Mei' }),
    requestContext: { requestId: 'r', http: { method: 'PUT' } },
  };
  const answer = await handler(event as unknown as APIGatewayProxyEventV2, { functionName: 'c' } as Context);
  const body = JSON.parse(String(answer.body));
  return { status: answer.statusCode, ...body, ...body.result } as Row;
}

/** A corrected file, or a row that the ledger replays, comes to its door. */
function drop(rows: readonly Row[], key = 'presale/corrected/2022-09-11/F.json') {
  raw.objects.set(key, Buffer.from(JSON.stringify(rows)));
  const never = (failure: unknown) => Promise.reject(new Error(`refused: ${JSON.stringify(failure)}`));
  const etag = String(Math.random());
  return loadCorrections({ detail: { object: { key, etag } } }, { ...ports(), bucket: 'raw', record: never });
}

const told = (): Row[] => JSON.parse(String(raw.objects.get('presale/problems/2022-09-11/F.json')));
const deals = () => database.app.query.selectFrom('presale.deals').selectAll().orderBy('id').execute();
const corrections = () => database.app.query.selectFrom('presale.corrections').selectAll().orderBy('id').execute();
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

  expect(await put({ '建物現況格局-房': '2', 備註: 'a\0\u0013\ud800b\uffff' })).toMatchObject({ state: 'loaded' });
  expect(await deals()).toMatchObject([{ note: 'a\uFFFD\uFFFD\uFFFDb\uFFFD' }]);
  expect(await corrections()).toMatchObject([{ after: { 備註: 'a\uFFFD\uFFFD\uFFFDb\uFFFD' } }]);
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
