import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { answer } from 'one-machine/services/athena/duck.ts';
import { type ParquetColumn, parquetChunks } from '../../../lambdas/adapters/objects/parquet.ts';
import { behaviorColumns, segmentColumns } from '../../../lambdas/recommender/contract.ts';
import {
  behaviorColumns as fileColumns,
  segmentColumns as segmentFields,
} from '../../../lambdas/recommender/files/columns.ts';
import type { Row } from '../../../lambdas/recommender/metrics/ports.ts';
import type { Behavior } from './generated-behavior.ts';

type Value = string | number | bigint | null;

/** How active users are, by their number: some have no profile. */
const segments = ['high', 'medium', 'low', undefined] as const;
export const segmentOf = (user: string) => segments[Number(user.slice(1)) % segments.length];

/** The files that these rows and their users' segments are in. */
function filesOf(behaviors: readonly Behavior[]): Map<string, { columns: readonly ParquetColumn[]; rows: Value[][] }> {
  const folder = (tenant: string) => `tenant=${encodeURIComponent(tenant)}`;
  const files = new Map<string, { columns: readonly ParquetColumn[]; rows: Value[][] }>();
  const days = Map.groupBy(behaviors, ({ tenant_id, day }) => `${folder(tenant_id)}/day=${day}`);
  for (const [day, rows] of days)
    files.set(`recommender/behaviors/${day}/a.parquet`, {
      columns: fileColumns,
      rows: rows.map((row) =>
        fileColumns.map(({ name, type }) => {
          const value = row[name];
          return type === 'instant' ? BigInt(value as number) * 1000n : value;
        }),
      ),
    });
  for (const [tenant, rows] of Map.groupBy(behaviors, ({ tenant_id }) => tenant_id)) {
    const users = new Map(
      rows.map(({ scenario_id, user_id }) => [`${scenario_id} ${user_id}`, { scenario_id, user_id }]),
    );
    files.set(`recommender/segments/${folder(tenant)}/a.parquet`, {
      columns: segmentFields,
      rows: [...users.values()].flatMap(({ scenario_id, user_id }) => {
        const segment = segmentOf(user_id);
        return segment === undefined ? [] : [[tenant, scenario_id, user_id, segment]];
      }),
    });
  }
  return files;
}

/** Asks the files of such rows, by DuckDB. */
export async function askFilesOf(behaviors: readonly Behavior[], text: string): Promise<Row[]> {
  const files = filesOf(behaviors);
  const found = await answer(
    {
      sql: text,
      mostBytes: 10 ** 9,
      directory: tmpdir(),
      tables: [
        {
          name: 'behaviors',
          database: 'd',
          location: 's3://raw/recommender/behaviors/',
          columns: Object.entries(behaviorColumns).map(([name, type]) => ({ name, type })),
          partitionKeys: ['tenant', 'day'].map((name) => ({ name, type: 'string' })),
          parameters: { 'projection.tenant.type': 'injected' },
        },
        {
          name: 'segments',
          database: 'd',
          location: 's3://raw/recommender/segments/',
          columns: Object.entries(segmentColumns).map(([name, type]) => ({ name, type })),
          partitionKeys: [{ name: 'tenant', type: 'string' }],
          parameters: { 'projection.tenant.type': 'injected' },
        },
      ],
    },
    {
      async *list(_bucket, prefix) {
        for (const key of files.keys()) if (key.startsWith(prefix)) yield { key, size: 1 };
      },
      async bring(_bucket, key, file) {
        const { columns, rows } = files.get(key) ?? { columns: [], rows: [] };
        await writeFile(file, parquetChunks(columns, Readable.from([rows])));
      },
    },
  );
  return found.rows.map((row) =>
    Object.fromEntries(found.columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
}
