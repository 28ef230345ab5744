import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fileKey } from '../../../../lambdas/platform/exports/edited-tables.ts';
import { day, type Kinds, startKinds } from './kinds.ts';

/** Every type that a table of ours may have goes through a Parquet file and comes back as it was. */

let made: Kinds;

beforeAll(async () => {
  made = await startKinds();
}, 600_000);

beforeEach(() => made.begin());

afterAll(async () => {
  await made?.stop();
});

test('rows that were destroyed come back as they were, to the last microsecond and space', async () => {
  const before = await made.all();
  expect(await made.exported()).toMatchObject({ state: 'exported', rows: 6 });
  await made.query('TRUNCATE platform.parents, platform.kinds RESTART IDENTITY');

  const { tables: told } = await made.restored();

  expect(await made.all()).toEqual(before);
  expect(told).toMatchObject([
    { table: 'platform.parents', exported: 2, inserted: 2, equal: 0, changed: 0, newer: 0 },
    { table: 'platform.kinds', exported: 4, inserted: 4, equal: 0, changed: 0, newer: 0 },
  ]);
  await made.query("INSERT INTO platform.kinds (name) VALUES ('later')");
  expect(before[1]?.length).toBe(4);
  expect((await made.rowsOf('platform.kinds')).some((text) => text.startsWith('(5,later'))).toBe(true);
});

test('a dry run tells the same and changes nothing', async () => {
  await made.exported();
  await made.query("DELETE FROM platform.kinds WHERE name = 'edge'");
  await made.query("UPDATE platform.kinds SET words = 'new' WHERE name = 'full'");
  const before = await made.all();

  const dry = await made.restored({ dry_run: true, mode: 'replace' });
  expect(await made.all()).toEqual(before);
  const done = await made.restored({ mode: 'replace' });

  expect(dry).toEqual({ ...done, dry_run: true });
  expect(done.tables[1]).toMatchObject({ inserted: 1, equal: 2, changed: 1, replaced: 1, examples: ['full'] });
});

test('what was changed since the export is kept, unless it is to be replaced', async () => {
  await made.exported();
  const before = await made.rowsOf('platform.kinds');
  await made.query("UPDATE platform.kinds SET exact = exact + 1, replay_of = 4 WHERE name = 'full'");
  const changed = await made.rowsOf('platform.kinds');

  expect((await made.restored()).tables[1]).toMatchObject({ inserted: 0, equal: 3, changed: 1, replaced: 0 });
  expect(await made.rowsOf('platform.kinds')).toEqual(changed);

  expect((await made.restored({ mode: 'replace' })).tables[1]).toMatchObject({ changed: 1, replaced: 1 });
  expect(await made.rowsOf('platform.kinds')).toEqual(before);
});

test('rows that are newer than the export stay, and parents are never replaced', async () => {
  await made.exported();
  await made.query("UPDATE platform.parents SET told = 'other'");
  await made.query("INSERT INTO platform.kinds (name) VALUES ('newer')");

  const { tables: told } = await made.restored({ mode: 'replace', tables: ['platform.kinds'] });

  expect(told).toMatchObject([
    { changed: 2, replaced: 0 },
    { newer: 1, equal: 4 },
  ]);
  expect((await made.rowsOf('platform.parents')).join()).toBe('(p,other),(q,other)');
  expect(await made.rowsOf('platform.kinds')).toHaveLength(5);
});

test('an id that another row has by now stays with it, and references to the restored row follow its new id', async () => {
  await made.exported();
  await made.query('TRUNCATE platform.kinds RESTART IDENTITY');
  await made.query("INSERT INTO platform.kinds (name) VALUES ('first'), ('second')");

  expect((await made.restored()).tables[1]).toMatchObject({ inserted: 4, newer: 2 });

  const rows = await made.query(`SELECT t.name, o.name AS of FROM platform.kinds t
    LEFT JOIN platform.kinds o ON o.id = t.replay_of ORDER BY t.name`);
  expect(rows).toEqual([
    { name: '', of: null },
    { name: 'edge', of: 'empty' },
    { name: 'empty', of: 'full' },
    { name: 'first', of: null },
    { name: 'full', of: null },
    { name: 'second', of: null },
  ]);
});

test('a file that is not the one that was exported stops the restore before anything is written', async () => {
  await made.exported();
  await made.query('TRUNCATE platform.parents, platform.kinds');
  const key = fileKey('platform.kinds', day);
  const bytes = Buffer.from(made.store.objects.get(key) ?? '');
  bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
  made.store.objects.set(key, bytes);

  await expect(made.restored()).rejects.toMatchObject({
    name: 'PermanentError',
    message: expect.stringContaining('SHA-256'),
  });
  expect((await made.all()).flat()).toEqual([]);
});

test('one row that cannot come back leaves all tables as they were', async () => {
  await made.exported();
  await made.query('TRUNCATE platform.parents, platform.kinds');
  await made.query("ALTER TABLE platform.kinds ADD CONSTRAINT strict CHECK (name <> 'edge')");
  try {
    await expect(made.restored()).rejects.toThrow('strict');
    expect((await made.all()).flat()).toEqual([]);
  } finally {
    await made.query('ALTER TABLE platform.kinds DROP CONSTRAINT strict');
  }
});

test('a column that came since gets its default; one that is gone is told', async () => {
  await made.exported();
  await made.query('DELETE FROM platform.kinds');
  await made.query("ALTER TABLE platform.kinds ADD COLUMN added text NOT NULL DEFAULT 'fresh'");
  expect((await made.restored()).tables[1]).toMatchObject({ inserted: 4 });
  expect((await made.rowsOf('platform.kinds')).every((text) => text.endsWith(',fresh)'))).toBe(true);

  await made.query('ALTER TABLE platform.kinds DROP COLUMN added, DROP COLUMN span');
  await expect(made.restored()).rejects.toThrow('platform.kinds has no column span any more.');
  await made.query('ALTER TABLE platform.kinds ADD COLUMN span interval');
});
