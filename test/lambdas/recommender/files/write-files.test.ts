import { expect, test } from 'vitest';
import { behaviorColumns, segmentColumns, userColumn } from '../../../../lambdas/recommender/files/columns.ts';
import {
  dayKey,
  type FilePorts,
  lateKey,
  segmentsKey,
  writeFiles,
} from '../../../../lambdas/recommender/files/write-files.ts';

type Row = readonly (string | null)[];

const place = userColumn(behaviorColumns);
/** A row of which only the user counts. */
const rowOf = (user: string): Row => behaviorColumns.map((_, at) => (at === place ? user : null));
const users = (rows: readonly Row[] = []) => rows.map((row) => row[place]);
const segmentOf = (user: string): Row =>
  segmentColumns.map((_, at) => (at === userColumn(segmentColumns) ? user : null));

async function* batches(...rows: readonly (readonly Row[])[]): AsyncGenerator<readonly Row[]> {
  yield* rows;
}

/** Files in a map; what was read while it was written anew is what stood there before. */
function filesWith(given: Readonly<Record<string, readonly Row[]>>) {
  const kept = new Map(Object.entries(given));
  const cleaned: string[] = [];
  const files: FilePorts['files'] = {
    write: async (key, rows) => {
      kept.set(key, (await Array.fromAsync(rows)).flat() as Row[]);
    },
    read: (key) => batches(kept.get(key) ?? []),
    exists: async (key) => kept.has(key),
    remove: async (key) => {
      kept.delete(key);
    },
    list: async function* (prefix) {
      yield* [...kept.keys()].filter((key) => key.startsWith(prefix));
    },
    removeOlderVersions: async (prefix) => {
      cleaned.push(prefix);
    },
  };
  return { files, kept, cleaned };
}

/** What the database has: nothing, but for what a test says. */
const ports = (given: Partial<FilePorts> & Pick<FilePorts, 'files'>): FilePorts => ({
  rowsOf: async () => undefined,
  lateRowsOf: async () => undefined,
  segmentsOf: () => batches(),
  restore: async () => undefined,
  timelyFrom: () => '2026-11-01',
  erasedIn: async () => () => false,
  retention: { keptFrom: async () => [], done: async () => undefined },
  ...given,
});

test('a day’s file holds what the database holds of it', async () => {
  const { files, kept } = filesWith({ [dayKey('site', '2026-11-29')]: [rowOf('old')] });
  const rowsOf = async () => batches([rowOf('ann')], [rowOf('ben')]);

  await writeFiles({ kind: 'day', tenant_id: 'site', day: '2026-11-29' }, ports({ files, rowsOf }));

  expect(users(kept.get(dayKey('site', '2026-11-29')))).toEqual(['ann', 'ben']);
});

test('a day that the database keeps no longer keeps its file, and one without rows has none', async () => {
  const [old, empty] = [dayKey('site', '2026-01-01'), dayKey('site', '2026-11-29')];
  const { files, kept } = filesWith({ [old]: [rowOf('ann')], [empty]: [rowOf('ann')] });
  const rowsOf = async (_tenant: string, day: string) => (day === '2026-01-01' ? undefined : batches());

  await writeFiles({ kind: 'day', tenant_id: 'site', day: '2026-01-01' }, ports({ files, rowsOf }));
  await writeFiles({ kind: 'day', tenant_id: 'site', day: '2026-11-29' }, ports({ files, rowsOf }));

  expect([...kept.keys()]).toEqual([old]);
});

test('an old day that comes again gets back what its file has, before that is written anew', async () => {
  const [old, hot] = [dayKey('site', '2026-10-31'), dayKey('site', '2026-11-01')];
  const { files, kept } = filesWith({ [old]: [rowOf('ann')], [hot]: [rowOf('ann')] });
  const days: Record<string, Row[]> = { '2026-10-31': [rowOf('ben')], '2026-11-01': [rowOf('ben')] };
  const given = ports({
    files,
    rowsOf: async (_tenant, day) => batches(days[day] ?? []),
    restore: async (_tenant, day, rows) => void days[day]?.push(...((await Array.fromAsync(rows)).flat() as Row[])),
  });

  for (const day of Object.keys(days)) await writeFiles({ kind: 'day', tenant_id: 'site', day }, given);

  expect(users(kept.get(old))).toEqual(['ben', 'ann']);
  expect(users(kept.get(hot))).toEqual(['ben']);
});

test('what came too late has files by the day on which it came, and users by activity have one', async () => {
  const { files, kept } = filesWith({});
  const given = ports({
    files,
    lateRowsOf: async () => batches([rowOf('ann')]),
    segmentsOf: () => batches([segmentOf('ben')]),
  });

  await writeFiles({ kind: 'late', tenant_id: 'site', day: '2026-11-29' }, given);
  await writeFiles({ kind: 'segments', tenant_id: 'site' }, given);

  expect(Object.fromEntries(kept)).toEqual({
    [lateKey('site', '2026-11-29')]: [rowOf('ann')],
    [segmentsKey('site')]: [segmentOf('ben')],
  });
});

test('what came too late and has left the database stays in its file when its message comes again', async () => {
  const { files, kept } = filesWith({ [lateKey('site', '2026-01-01')]: [rowOf('ann')] });

  await writeFiles({ kind: 'late', tenant_id: 'site', day: '2026-01-01' }, ports({ files }));

  expect(users(kept.get(lateKey('site', '2026-01-01')))).toEqual(['ann']);
});

test('an erased user goes out of all of the tenant’s files and their older versions, and out of no other’s', async () => {
  const [first, second, foreign] = [dayKey('a', '2026-01-01'), dayKey('a', '2026-01-02'), dayKey('ab', '2026-01-01')];
  const { files, kept, cleaned } = filesWith({
    [first]: [rowOf('ann'), rowOf('gone')],
    [second]: [rowOf('gone')],
    [foreign]: [rowOf('gone')],
    [lateKey('a', '2026-01-02')]: [rowOf('gone')],
    [segmentsKey('a')]: [segmentOf('gone'), segmentOf('ann')],
  });

  await writeFiles(
    { kind: 'erasure', tenant_id: 'a' },
    ports({ files, erasedIn: async () => (user) => user === 'gone' }),
  );

  expect(Object.fromEntries(kept)).toEqual({
    [first]: [rowOf('ann')],
    [foreign]: [rowOf('gone')],
    [segmentsKey('a')]: [segmentOf('ann')],
  });
  expect(cleaned).toEqual([
    'recommender/behaviors/tenant=a/',
    'recommender/late-behaviors/tenant=a/',
    'recommender/segments/tenant=a/',
  ]);
});

test('what stands in a tenant’s name stays within its folder', () => {
  expect(dayKey('../b', '2026-01-01')).toBe('recommender/behaviors/tenant=..%2Fb/day=2026-01-01/behaviors.parquet');
});
