import { expect, test } from 'vitest';
import { type ParquetColumn, type ParquetRow, parquetChunks, parquetRows } from '#adapters/objects/parquet.ts';

const columns: readonly ParquetColumn[] = [
  { name: 'text', type: 'text' },
  { name: 'integer', type: 'integer' },
  { name: 'bigint', type: 'bigint' },
  { name: 'double', type: 'double' },
  { name: 'boolean', type: 'boolean' },
  { name: 'day', type: 'day' },
  { name: 'instant', type: 'instant' },
];

async function* inBatches(...batches: ParquetRow[][]) {
  yield* batches;
}

function stored(chunks: readonly Uint8Array[]) {
  const whole = Buffer.concat(chunks);
  const slice = async (start: number, end?: number) => new Uint8Array(whole.subarray(start, end)).buffer;
  return { byteLength: whole.length, slice };
}

const readBack = async (chunks: readonly Uint8Array[], of = columns) =>
  Array.fromAsync(parquetRows(stored(chunks), of));

test('values of every type come back as they were, and none as none', async () => {
  const rows: ParquetRow[] = [
    ['\ufeff預售屋', -2_147_483_648, 9_223_372_036_854_775_807n, -0, true, -719_162, 1_795_226_400_123_456n],
    ['', 0, 0n, Number.NaN, false, 0, -1n],
    [null, null, null, null, null, null, null],
  ];

  expect((await readBack(await Array.fromAsync(parquetChunks(columns, inBatches(rows))))).flat()).toEqual(rows);
});

test('a file without rows is a file with columns', async () => {
  expect(await readBack(await Array.fromAsync(parquetChunks(columns, inBatches())))).toEqual([]);
});

test('rows are let go of by the group: also those of one big batch, and those that are few and long', async () => {
  const one: readonly ParquetColumn[] = [{ name: 'text', type: 'text' }];
  const many = Array.from({ length: 50_000 }, (_, index): ParquetRow => [`row ${index}`]);
  const long = Array.from({ length: 20 }, (_, index): ParquetRow => [String(index).repeat(1_000_000)]);
  const groupsOf = async (...batches: ParquetRow[][]) =>
    (await readBack(await Array.fromAsync(parquetChunks(one, inBatches(...batches))), one)).map(({ length }) => length);

  expect(await groupsOf(many)).toEqual([20_000, 20_000, 10_000]);
  expect(await groupsOf(long)).toEqual([9, 5, 5, 1]);
});

test('what was written goes out before the next rows are asked for', async () => {
  const events: string[] = [];
  async function* batches() {
    for (const name of ['first', 'second']) {
      events.push(`${name} batch`);
      yield Array.from({ length: 20_000 }, (): ParquetRow => [name]);
    }
  }

  for await (const chunk of parquetChunks([{ name: 'text', type: 'text' }], batches()))
    events.push(chunk.length > 0 ? 'bytes' : 'nothing');

  expect(events).toEqual(['first batch', 'bytes', 'second batch', 'bytes', 'bytes']);
});
