import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Flow, startFlow } from './flow.ts';
import { goodCells } from './good-cells.ts';

/** Problem rows and back: the whole way by the API, and by a file in the bucket. */

let flow: Flow;
let date: string;

type Row = Record<string, unknown>;

beforeAll(async () => {
  flow = await startFlow({ PRESALE_RETRY_SECONDS: '1', PRESALE_MAX_ATTEMPTS: '2' });
  date = flow.site.publications().at(-1)?.date ?? '';
  const { status } = await flow.run({ publication_date: date });
  expect(status, flow.running.printed()).toBe('SUCCEEDED');
}, 600_000);

afterAll(() => flow?.stop());

const problems = async () => {
  const { body } = await flow.ask(`/presale/problems?publication_date=${date}&length=500`);
  return (body as { result: { data: Row[] } }).result.data;
};
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 300_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`nothing came: ${flow.running.printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const isRagged = (row: Row) => '原始資料' in (row.raw as Row);

test('a problem row is corrected by the API: wrong first, then right', async () => {
  const problem = (await problems()).find((row) => !isRagged(row));
  const put = (cells: Row) =>
    flow.ask(`/presale/problems/${problem?.id}`, { method: 'PUT', body: JSON.stringify({ cells, who: 'Mei' }) });

  expect(await put({ '建物現況格局-房': 'x' })).toMatchObject({
    status: 200,
    body: {
      result: {
        state: 'problem',
        reasons: expect.arrayContaining([expect.objectContaining({ reason: 'x is not a whole number' })]),
      },
    },
  });
  const right = { ...goodCells, 編號: 'RPCORRECTED1' };
  expect(await put(right)).toMatchObject({ status: 200, body: { result: { state: 'loaded', reasons: [] } } });
  expect((await problems()).map(({ id }) => id)).not.toContain(problem?.id);
  expect(await flow.rows("select rooms from presale.deals where serial_number = 'RPCORRECTED1'")).toEqual([
    { rooms: 2 },
  ]);
  expect(await flow.rows('select distinct corrected_by from presale.corrections')).toEqual([
    { corrected_by: 'admin:Mei' },
  ]);
});

test('a row whose fields don’t fit the header loads by no cell of it, only by its whole line', async () => {
  const problem = (await problems()).find(isRagged);
  const header = (problem?.header ?? []) as readonly string[];
  const put = (cells: Row) =>
    flow.ask(`/presale/problems/${problem?.id}`, { method: 'PUT', body: JSON.stringify({ cells }) });
  const before = await flow.rows('select count(*) from presale.deals');

  expect(await put({ '建物現況格局-房': '2' })).toMatchObject({ status: 200, body: { result: { state: 'problem' } } });
  expect(await flow.rows('select count(*) from presale.deals')).toEqual(before);
  expect((await problems()).find(({ id }) => id === problem?.id)).toMatchObject({ raw: problem?.raw });
  const cells: Row = { ...goodCells, 編號: 'RPWHOLELINE1' };
  const line = header.map((name) => cells[name]).join(',');
  expect(await put({ 原始資料: line })).toMatchObject({ body: { result: { state: 'loaded' } } });
});

test('an unknown column, an unknown row and an empty correction are refused in plain words', async () => {
  const [problem] = await problems();
  const put = (id: unknown, body: Row) =>
    flow.ask(`/presale/problems/${id}`, { method: 'PUT', body: JSON.stringify(body) });

  expect(await put(problem?.id, { cells: { 樓: '1' } })).toMatchObject({
    status: 400,
    body: { message: { json: { 樓: ['Unknown column.'] } } },
  });
  expect(await put(problem?.id, { cells: {} })).toMatchObject({ status: 400 });
  expect(await put(999_999, { cells: goodCells })).toMatchObject({ status: 404 });
});

test('a corrected file that is dropped into the bucket is loaded, and what is still wrong comes back', async () => {
  const letter = String((await problems())[0]?.letter);
  const rows = JSON.parse(String(await flow.stored(`presale/problems/${date}/${letter}.json`))) as Row[];
  const fixed = rows.map((row, index) => ({ ...row, ...goodCells, 編號: `RPDROPPED00${index}` }));
  await drop(`presale/corrected/${date}/${letter}.json`, JSON.stringify(fixed));

  await until(async () => {
    const left = JSON.parse(String(await flow.stored(`presale/problems/${date}/${letter}.json`))) as Row[];
    return left.length === 0 ? true : undefined;
  });
  const [count] = await flow.rows("select count(*)::int from presale.deals where serial_number like 'RPDROPPED00%'");
  expect(count).toEqual({ count: rows.length });
  // The run, started again, finds good and corrected rows in the database.
  expect(await flow.run({ publication_date: date, counties: [letter] })).toMatchObject({ status: 'SUCCEEDED' });
});

test('a problem row is an open failure, and its replay with other cells is a correction', async () => {
  const [problem] = await problems();
  const line = Number(problem?.line_number);
  const found = (await failures('problem-rows')).find(({ door }) => door.endsWith(`/${problem?.letter}.${line}.json`));
  expect(found).toMatchObject({ workload: 'presale', source_kind: 'file', state: 'open' });
  const replay = (input: Row) =>
    flow.ask(`/platform/failures/${found?.id}/replay`, { method: 'POST', body: JSON.stringify({ input }) });
  const cells = { ...goodCells, 編號: 'RPREPLAYED1' };

  expect(await replay({ 行號: line, ...cells })).toMatchObject({ status: 202 });
  await until(async () => {
    const rows = await flow.rows("select from presale.deals where serial_number = 'RPREPLAYED1'");
    return rows.length === 1 ? true : undefined;
  });
  const told = await flow.ask(`/presale/problems/${problem?.id}`);
  expect(told).toMatchObject({
    body: { result: { corrected_serial: 'RPREPLAYED1', corrections: [{ outcome: 'loaded' }] } },
  });
  expect(await flow.rows('select state from platform.failures where id = $1', found?.id)).toEqual([
    { state: 'resolved' },
  ]);
});

test('bad corrected files are failures with their reasons, and stop nobody', async () => {
  const letter = String((await flow.rows<Row>('select letter from presale.problems limit 1'))[0]?.letter);
  const at = (name: string) => `presale/corrected/${date}/${letter}.${name}.json`;
  const [row] = await flow.rows<{ line_number: string }>(
    'select line_number from presale.problems where letter = $1 limit 1',
    letter,
  );
  const line = { 行號: Number(row?.line_number) };
  await drop(at('text'), 'not JSON');
  await drop(at('twice'), JSON.stringify([line, line]));
  await drop(at('large'), `[${JSON.stringify({ ...line, 備註: 'x'.repeat(21 * 1024 * 1024) })}]`);
  await drop(
    at('ten-megabytes'),
    JSON.stringify(Array.from({ length: 200_000 }, (_, index) => ({ 行號: 10_000_000 + index, 備註: 'x'.repeat(20) }))),
  );
  await drop(`presale/corrected/${letter}.json`, '[]');

  const refused = await until(async () => {
    const found = await failures('corrected-files');
    return found.length === 5 ? found : undefined;
  });
  const reasons = Object.fromEntries(refused.map(({ message, reason }) => [message.split(':')[0], reason]));
  expect(reasons).toEqual({
    [at('text')]: 'NotJson',
    [at('twice')]: 'DuplicateRow',
    [at('large')]: 'TooLarge',
    [at('ten-megabytes')]: 'NoProblemRow',
    [`presale/corrected/${letter}.json`]: 'WrongKey',
  });
  expect(new Set(refused.map(({ state }) => state))).toEqual(new Set(['open']));
});

interface Failure {
  readonly id: string;
  readonly door: string;
  readonly state: string;
  readonly reason: string;
  readonly message: string;
}

const failures = (source: string) =>
  flow.rows<Failure>('select * from platform.failures where source_name = $1 order by id', source);

async function drop(key: string, text: string): Promise<void> {
  const { credentials, storage } = flow.running.stack.services;
  const s3 = new S3Client({ region, credentials, endpoint: storage.s3Url });
  await s3.send(new PutObjectCommand({ Bucket: 'millrace-raw-bucket', Key: key, Body: text }));
}
