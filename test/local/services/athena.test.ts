import { AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { askAthena } from '../../../lambdas/adapters/athena.ts';
import { type ParquetColumn, type ParquetRow, parquetChunks } from '../../../lambdas/adapters/objects/parquet.ts';
import { PermanentError } from '../../../lambdas/kit/errors.ts';
import type { TableReader } from '../../../local/services/athena/duck.ts';
import { type Athena, startAthena } from '../../../local/services/athena.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret-of-the-test' };
const columns = [
  { name: 'tenant_id', type: 'text' },
  { name: 'user_id', type: 'text' },
  { name: 'n', type: 'bigint' },
  { name: 'at', type: 'instant' },
] as const satisfies readonly ParquetColumn[];

const table = {
  name: 'behaviors',
  database: 'millrace_dev',
  location: 's3://raw/recommender/behaviors/',
  columns: [
    { name: 'tenant_id', type: 'string' },
    { name: 'user_id', type: 'string' },
    { name: 'n', type: 'bigint' },
    { name: 'at', type: 'timestamp' },
  ],
  partitionKeys: [
    { name: 'tenant', type: 'string' },
    { name: 'day', type: 'string' },
  ],
  parameters: { 'projection.tenant.type': 'injected', 'projection.day.type': 'date' },
};

const objects = new Map<string, Uint8Array>();
const reader: TableReader = {
  async *list(bucket, prefix) {
    for (const [key, bytes] of objects)
      if (`${bucket}/${key}`.startsWith(`raw/${prefix}`)) yield { key, size: bytes.length };
  },
  read: async (_bucket, key) => objects.get(key) ?? new Uint8Array(),
};

let athena: Athena;
const ask = askAthena({ workGroup: 'millrace-dev', database: 'millrace_dev' });

beforeAll(async () => {
  athena = await startAthena({
    model: {
      tables: [table],
      workGroups: [
        { name: 'millrace-dev', mostBytes: 1_000_000 },
        { name: 'narrow', mostBytes: 100 },
      ],
    },
    credentials: [credentials],
    reader,
  });
  vi.stubEnv('AWS_ENDPOINT_URL_ATHENA', athena.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await athena?.stop();
});

beforeEach(() => objects.clear());

/** Puts rows of a tenant and a day, as the consumer of behaviour does. */
async function put(tenant: string, day: string, rows: readonly ParquetRow[], name = 'a'): Promise<void> {
  async function* all() {
    yield rows;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of parquetChunks(columns, all())) chunks.push(chunk);
  objects.set(`recommender/behaviors/tenant=${tenant}/day=${day}/${name}.parquet`, Buffer.concat(chunks));
}

const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;
const row = (tenant: string, user: string, n: number): ParquetRow => [
  tenant,
  user,
  BigInt(n),
  micros('2026-11-01T02:03:04Z'),
];

describe('a question to Athena on one machine', () => {
  test('is answered from the objects of its tenant and days', async () => {
    await put('shop', '2026-11-01', [row('shop', 'u1', 1), row('shop', 'u2', 2)]);
    await put('shop', '2026-11-02', [row('shop', 'u1', 4)], 'b');
    await put('other', '2026-11-01', [row('other', 'u1', 100)]);

    const found = await ask(
      "SELECT b.day, sum(b.n) AS n, count(DISTINCT b.user_id) AS users FROM behaviors b WHERE b.tenant = 'shop' AND b.day BETWEEN '2026-11-01' AND '2026-11-30' GROUP BY b.day ORDER BY b.day",
    );

    expect(found).toEqual([
      { day: '2026-11-01', n: '3', users: '2' },
      { day: '2026-11-02', n: '4', users: '1' },
    ]);
  });

  test('has times in UTC, and none for what is null', async () => {
    await put('shop', '2026-11-01', [row('shop', 'u1', 1), ['shop', null, null, null]]);

    const found = await ask(
      `SELECT CAST(b."at" AS varchar) AS t, b.user_id AS u FROM behaviors b WHERE b.tenant = 'shop' ORDER BY b.user_id`,
    );

    expect(found[0]).toEqual({ t: '2026-11-01 02:03:04', u: 'u1' });
    expect(found[1]).toEqual({ t: null, u: null });
  });

  test('of a tenant without objects is answered with nothing', async () => {
    expect(await ask("SELECT count(*) AS n FROM behaviors b WHERE b.tenant = 'nobody'")).toEqual([{ n: '0' }]);
  });

  test('names what it is about in its folder, however that is written', async () => {
    await put("o''neill%2Fa b", '2026-11-01', []);
    await put("o'neill%2Fa b", '2026-11-01', [row('x', 'u1', 7)]);

    const found = await ask("SELECT b.tenant AS t, b.n AS n FROM behaviors b WHERE b.tenant = 'o''neill%2Fa b'");

    expect(found).toEqual([{ t: "o'neill%2Fa b", n: '7' }]);
  });

  test('without a tenant is refused', async () => {
    await expect(ask('SELECT count(*) AS n FROM behaviors')).rejects.toThrow(
      /injected projected partition column tenant/,
    );
  });

  test('that would read more than its work group allows is stopped', async () => {
    await put('shop', '2026-11-01', [row('shop', 'u1', 1)]);
    const narrow = askAthena({ workGroup: 'narrow', database: 'millrace_dev' });

    const asked = narrow("SELECT count(*) AS n FROM behaviors b WHERE b.tenant = 'shop'");

    await expect(asked).rejects.toThrow(PermanentError);
    await expect(asked).rejects.toThrow(/Bytes scanned limit/);
  });

  test('that is wrong, or wants files of this machine, fails', async () => {
    await expect(ask('SELECT nothing FROM nowhere')).rejects.toThrow(PermanentError);
    await expect(ask("SELECT * FROM read_csv('/etc/hosts')")).rejects.toThrow(/disabled by configuration/);
    await expect(ask('SET enable_external_access = true')).rejects.toThrow(PermanentError);
  });

  test('has all its rows, over many pages', async () => {
    await put(
      'shop',
      '2026-11-01',
      Array.from({ length: 2500 }, (_, n) => row('shop', `u${n}`, n)),
    );

    const found = await ask("SELECT b.n AS n FROM behaviors b WHERE b.tenant = 'shop' ORDER BY b.n");

    expect(found.map(({ n }) => Number(n))).toEqual(Array.from({ length: 2500 }, (_, n) => n));
  });

  test('is not answered without a signature of this stack', async () => {
    const stranger = new AthenaClient({
      region: 'us-east-1',
      endpoint: athena.url,
      credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' },
    });

    const asked = stranger.send(
      new StartQueryExecutionCommand({
        QueryString: 'SELECT 1',
        WorkGroup: 'millrace-dev',
        QueryExecutionContext: { Database: 'millrace_dev' },
      }),
    );

    await expect(asked).rejects.toThrow(/UnrecognizedClient|security token|key/i);
  });
});
