import { expect, test } from 'vitest';
import { behaviorColumns, userColumn } from '../../../../lambdas/recommender/files/columns.ts';
import { dayKey, type FilePorts, writeFiles } from '../../../../lambdas/recommender/files/write-files.ts';

type Row = readonly (string | null)[];

/** A row of which only the user counts. */
const rowOf = (user: string): Row => behaviorColumns.map((_, at) => (at === userColumn ? user : null));
const users = (rows: readonly Row[] = []) => rows.map((row) => row[userColumn]);

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

test('a day’s file holds what the database holds of it', async () => {
  const { files, kept } = filesWith({ [dayKey('site', '2026-11-29')]: [rowOf('old')] });
  const ports = {
    files,
    rowsOf: async () => batches([rowOf('ann')], [rowOf('ben')]),
    erasedIn: async () => () => false,
  };

  await writeFiles({ kind: 'day', tenant_id: 'site', day: '2026-11-29' }, ports);

  expect(users(kept.get(dayKey('site', '2026-11-29')))).toEqual(['ann', 'ben']);
});

test('a day that the database keeps no longer keeps its file, and one without rows has none', async () => {
  const [old, empty] = [dayKey('site', '2026-01-01'), dayKey('site', '2026-11-29')];
  const { files, kept } = filesWith({ [old]: [rowOf('ann')], [empty]: [rowOf('ann')] });
  const rowsOf = async (_tenant: string, day: string) => (day === '2026-01-01' ? undefined : batches());
  const ports = { files, rowsOf, erasedIn: async () => () => false };

  await writeFiles({ kind: 'day', tenant_id: 'site', day: '2026-01-01' }, ports);
  await writeFiles({ kind: 'day', tenant_id: 'site', day: '2026-11-29' }, ports);

  expect([...kept.keys()]).toEqual([old]);
});

test('an erased user goes out of all of the tenant’s files and their older versions, and out of no other’s', async () => {
  const [first, second, foreign] = [dayKey('a', '2026-01-01'), dayKey('a', '2026-01-02'), dayKey('ab', '2026-01-01')];
  const { files, kept, cleaned } = filesWith({
    [first]: [rowOf('ann'), rowOf('gone')],
    [second]: [rowOf('gone')],
    [foreign]: [rowOf('gone')],
  });
  const ports = { files, rowsOf: async () => undefined, erasedIn: async () => (user: string) => user === 'gone' };

  await writeFiles({ kind: 'erasure', tenant_id: 'a' }, ports);

  expect(Object.fromEntries([...kept].map(([key, rows]) => [key, users(rows)]))).toEqual({
    [first]: ['ann'],
    [foreign]: ['gone'],
  });
  expect(cleaned).toEqual(['recommender/behaviors/tenant=a/']);
});

test('what stands in a tenant’s name stays within its folder', () => {
  expect(dayKey('../b', '2026-01-01')).toBe('recommender/behaviors/tenant=..%2Fb/day=2026-01-01/behaviors.parquet');
});
