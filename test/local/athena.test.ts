import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import type { TableReader } from 'one-machine/services/athena/duck.ts';
import { type Athena, startAthena } from 'one-machine/services/athena.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { askAthena, athenaQueries } from '../../lambdas/adapters/athena.ts';
import { type ParquetColumn, type ParquetRow, parquetChunks } from '../../lambdas/adapters/objects/parquet.ts';
import { PermanentError } from '../../lambdas/kit/errors.ts';

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

// Far longer than a question takes on a busy machine.
const patiently = { interval: 50, timeout: 300_000 };

const objects = new Map<string, Uint8Array>();
const reader: TableReader = {
  async *list(bucket, prefix) {
    for (const [key, bytes] of objects)
      if (`${bucket}/${key}`.startsWith(`raw/${prefix}`)) yield { key, size: bytes.length };
  },
  bring: (_bucket, key, file) => writeFile(file, objects.get(key) ?? ''),
};

let athena: Athena;
let directory: string;
const ask = askAthena({ workGroup: 'millrace-dev', database: 'millrace_dev' });

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  athena = await startAthena({
    model: {
      tables: [table],
      workGroups: [
        { name: 'millrace-dev', mostBytes: 1_000_000 },
        { name: 'narrow', mostBytes: 100 },
        { name: 'people', mostBytes: 1_000_000 },
      ],
    },
    credentials: [credentials],
    reader,
    directory: path.join(directory, 'athena'),
  });
  vi.stubEnv('AWS_ENDPOINT_URL_ATHENA', athena.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await athena?.stop();
  await rm(directory, { recursive: true, force: true });
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

describe('a question that is started and looked at again', () => {
  const people = athenaQueries({ workGroup: 'people', database: 'millrace_dev' });
  const most = { rows: 1000, characters: 800_000 };
  const rowsOf = async (id: string, bounds = most) => {
    const kept = await people.rows(id, bounds);
    if (!kept) throw new Error(`No rows of ${id} are kept`);
    return kept;
  };
  const state = async (id: string) => (await people.find(id))?.state;
  const ended = async (sql: string) => {
    const id = await people.start(sql);
    await expect.poll(() => state(id), patiently).not.toBe('running');
    return { id, found: await people.find(id) };
  };

  test('has its columns, and its first rows where there are more', async () => {
    const { id, found } = await ended("SELECT range AS n, 'x' || range AS x, NULL AS nothing FROM range(5000000000)");

    expect(found).toMatchObject({ state: 'succeeded', sql: expect.stringContaining('range') });
    const { columns, rows, isCut } = await rowsOf(id);
    expect(columns.map(({ name }) => name)).toEqual(['n', 'x', 'nothing']);
    expect(rows).toHaveLength(1000);
    expect(rows[999]).toEqual(['999', 'x999', null]);
    expect(isCut).toBe(true);
    expect((await rowsOf(id, { rows: 1000, characters: 10 })).rows.length).toBeLessThan(10);
  });

  test('has its first rows where few of them are all that one machine keeps', async () => {
    const { id } = await ended("SELECT repeat('x', 100000) AS x FROM range(1000)");

    const { rows, isCut } = await rowsOf(id);

    expect(rows).toHaveLength(8);
    expect(isCut).toBe(true);
    expect((await ended("SELECT repeat('x', 9000000) AS x")).found).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/keeps no row of more than/),
    });
  });

  test('is refused with the words of Athena where it starts nothing, and has no rows where none are kept', async () => {
    const nobodys = athenaQueries({ workGroup: 'nobodys', database: 'millrace_dev' });

    await expect(nobodys.start('SELECT 1')).rejects.toThrow(PermanentError);
    await expect(nobodys.start('SELECT 1')).rejects.toThrow(/nobodys is not found/);
    expect(await people.rows(crypto.randomUUID(), most)).toBeUndefined();
  });

  test('is told nowhere as if it were whole, where one machine keeps a part of it', async () => {
    await expect(ask('SELECT range AS n FROM range(100001)')).rejects.toThrow(/keeps the first 100000 rows/);
    expect(await ask('SELECT range AS n FROM range(100000)')).toHaveLength(100_000);
  });

  test('without an end is stopped, and others are answered meanwhile and after it', async () => {
    const endless = [
      'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t',
      'SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000000) b',
    ];
    for (const sql of endless) {
      const id = await people.start(sql);
      expect(await ask('SELECT 1 AS n')).toEqual([{ n: '1' }]);
      expect(await state(id)).toBe('running');
      expect((await people.recent()).map((query) => query.id)).toContain(id);
      await people.stop(id);
      expect(await people.find(id)).toMatchObject({ state: 'stopped' });
    }
    expect((await ended('SELECT 2 AS n')).found).toMatchObject({ state: 'succeeded' });
  });

  test.for([
    ["COPY (SELECT 1) TO '/tmp/millrace-copied.csv'", /only SELECT|disabled by configuration/],
    ["ATTACH '/tmp/millrace-attached.db' AS other", /only SELECT/],
    ['INSTALL httpfs', /only SELECT/],
    ['LOAD httpfs', /only SELECT/],
    ['CREATE TABLE mine AS SELECT 1', /only SELECT/],
    ["SET memory_limit = '100GB'", /only SELECT/],
    ['EXPLAIN ANALYZE SELECT 1', /only SELECT/],
    ['SELECT 1; SELECT 2', /Only one sql statement/],
    ['', /Only one sql statement|length/],
    ["SELECT * FROM read_text('/etc/passwd')", /disabled by configuration/],
    ["SELECT * FROM '/etc/passwd'", /does not exist|disabled by configuration/],
    ["SELECT * FROM read_csv('https://example.com/x.csv')", /disabled by configuration|httpfs/],
    ["SELECT * FROM glob('/*')", /disabled by configuration/],
    ["SELECT getenv('HOME')", /getenv/],
    ["SELECT repeat('x', 3000000000)", /more than 1024 MB of memory|Out of Memory/],
    ['SELECT $1', /parameter|value/i],
    ['SELECT nonsense FROM', /syntax error/i],
  ] as const)('does nothing but ask: %s', async ([sql, reason]) => {
    if (sql === '') return expect(people.start(sql)).rejects.toThrow();
    const { found } = await ended(sql);

    expect(found).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) });
    expect(found?.reason).not.toContain('millrace-athena-');
  });

  test('of another work group, or of nobody, is not found', async () => {
    const ours = athenaQueries({ workGroup: 'millrace-dev', database: 'millrace_dev' });
    const id = await ours.start('SELECT 1');

    expect(await people.find(id)).toBeUndefined();
    expect(await people.find(crypto.randomUUID())).toBeUndefined();
    expect(await ours.find(id)).toMatchObject({ id });
  });
});
