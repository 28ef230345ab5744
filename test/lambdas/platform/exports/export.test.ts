import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fileKey, manifestKey } from '../../../../lambdas/platform/exports/edited-tables.ts';
import { readManifest } from '../../../../lambdas/platform/exports/manifest.ts';
import { day, type Kinds, startKinds } from './kinds.ts';

let made: Kinds;

beforeAll(async () => {
  made = await startKinds();
}, 600_000);

beforeEach(() => made.begin());

afterAll(async () => {
  await made?.stop();
});

test('all tables are exported as of one moment, also during writes', async () => {
  const { upload } = made.store;
  made.store.upload = async (key, body) => {
    await upload(key, body);
    // After the parents are written and before the others are.
    await made.query("INSERT INTO platform.kinds (name) VALUES ('meanwhile') ON CONFLICT DO NOTHING");
  };

  expect(await made.exported()).toMatchObject({ rows: 6 });
});

test('a day is exported once', async () => {
  await made.exported();
  const before = new Map(made.store.objects);
  await made.query("INSERT INTO platform.kinds (name) VALUES ('later')");

  expect(await made.exported()).toMatchObject({ state: 'exists', rows: 6 });
  expect(made.store.objects).toEqual(before);
});

test('an export that broke off is none, and the next try makes it one', async () => {
  const { upload } = made.store;
  made.store.upload = (key, body) =>
    key.includes('kinds') ? Promise.reject(new Error('S3 answered 503')) : upload(key, body);
  await expect(made.exported()).rejects.toThrow('503');

  await expect(made.restored()).rejects.toThrow(`There is no export of ${day}.`);
  made.store.upload = upload;
  expect(await made.exported()).toMatchObject({ state: 'exported' });
});

test('a table of many row groups is written and read in parts', async () => {
  await made.query(`INSERT INTO platform.kinds (name, words)
    SELECT 'row ' || i, repeat(md5(i::text), 100) FROM generate_series(1, 6000) i`);
  const before = await made.rowsOf('platform.kinds');
  await made.exported();
  await made.query('TRUNCATE platform.kinds');
  const asked: number[] = [];
  const { readRange } = made.store;
  made.store.readRange = (key, start, end) => {
    asked.push(end - start);
    return readRange(key, start, end);
  };

  await made.restored();

  expect(await made.rowsOf('platform.kinds')).toEqual(before);
  const whole = made.store.objects.get(fileKey('platform.kinds', day))?.length ?? 0;
  expect(Math.max(...asked)).toBeLessThan(whole * 0.8);
});

test('the manifest says what lies where, and how it can be known to be whole', async () => {
  await made.exported();
  const { tables: files, migration } = readManifest(await made.store.readText(manifestKey(day)));

  expect(migration).toMatch(/^\d{4}-/);
  for (const { key, bytes, sha256 } of files) {
    const object = made.store.objects.get(key) ?? Buffer.alloc(0);
    expect([object.length, createHash('sha256').update(object).digest('hex')]).toEqual([bytes, sha256]);
  }
  expect(files[1]?.columns).toContainEqual({ name: 'fixed', type: 'numeric(12,3)' });
  expect(files[1]?.columns.map(({ name }) => name)).not.toContain('digit');
});

const execute = promisify(execFile);
const python = await execute('python3', ['-c', 'import pyarrow.parquet']).then(
  () => true,
  () => false,
);

test.skipIf(!python)('other readers find the same values (skipped where Python has no pyarrow)', async () => {
  await made.exported();
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  try {
    const file = path.join(directory, 'kinds.parquet');
    await writeFile(file, made.store.objects.get(fileKey('platform.kinds', day)) ?? '');
    const script = `
import json, sys, pyarrow.parquet as p
t = p.read_table(sys.argv[1])
print(json.dumps({"types": {f.name: str(f.type) for f in t.schema}, "rows": t.slice(0, 1).to_pylist()}, default=str))`;
    const { stdout } = await execute('python3', ['-c', script, file]);
    const { types, rows } = JSON.parse(stdout);

    expect(types).toMatchObject({ big: 'int64', at: 'timestamp[us, tz=UTC]', day: 'date32[day]', exact: 'string' });
    expect(rows[0]).toMatchObject({ name: 'full', at: '2026-11-21 02:00:00.123456+00:00', day: '2022-02-28' });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
