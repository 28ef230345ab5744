import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { actions } from '../../lambdas/recommender/behavior/actions.ts';
import { behaviorColumns } from '../../lambdas/recommender/contract.ts';
import { dimensions, type Question, topFigures } from '../../lambdas/recommender/metrics/ports.ts';
import { textOf } from '../../lambdas/recommender/metrics/questions.ts';
import { askFilesOf, segmentOf } from '../lambdas/recommender/files-of-behavior.ts';
import { type Behavior, generated, randomFrom } from '../lambdas/recommender/generated-behavior.ts';
import { askTrino, findTrino } from '../support/trino.ts';

/** Athena is Trino: what the metrics ask is asked of a real one, and of DuckDB, over the same rows. */

const found = findTrino();
const tenant = "o'neill:tw";
const tenantFolder = encodeURIComponent(tenant);
const scope = { tenant_id: tenant, from: '2026-11-02', to: '2026-11-05' };
const questions: readonly Exclude<Question, { readonly ask: 'trends' }>[] = [
  { ask: 'figures', scope, by: [] },
  ...dimensions.map((by) => ({ ask: 'figures', scope, by: [by] }) as const),
  { ask: 'figures', scope: { ...scope, scenario_id: 'feed', strategy: 'hot' }, by: ['day', 'slot', 'experiment'] },
  { ask: 'funnel', scope },
  ...topFigures.map((by) => ({ ask: 'top-items', scope, by, most: 20 }) as const),
];
const names = Object.keys(behaviorColumns);
const types: Readonly<Record<string, string>> = {
  string: 'varchar',
  int: 'integer',
  double: 'double',
  timestamp: 'timestamp(6)',
};

const quoted = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`;
const cell = (row: Behavior, name: string) => {
  const value = row[name as keyof Behavior];
  if (value === null) return 'NULL';
  if (behaviorColumns[name] === 'timestamp')
    return `TIMESTAMP '${new Date(Number(value)).toISOString().slice(0, -1).replace('T', ' ')}'`;
  return typeof value === 'number' ? String(value) : quoted(value);
};
const valuesOf = (rows: readonly Behavior[]) =>
  rows
    .map(
      (row) =>
        `(${[...names.map((name) => cell(row, name)), quoted(encodeURIComponent(row.tenant_id)), quoted(row.day)].join(', ')})`,
    )
    .join(', ');

/** The tables that Glue has, with these rows. */
async function fill(url: string, rows: readonly Behavior[]): Promise<void> {
  for (const table of ['behaviors', 'segments']) await askTrino(url, `DROP TABLE IF EXISTS ${table}`);
  const columns = Object.entries(behaviorColumns).map(([name, type]) => `"${name}" ${types[type]}`);
  await askTrino(url, `CREATE TABLE behaviors (${columns.join(', ')}, tenant varchar, day varchar)`);
  for (let from = 0; from < rows.length; from += 500)
    await askTrino(url, `INSERT INTO behaviors VALUES ${valuesOf(rows.slice(from, from + 500))}`);
  const users = new Set(rows.map((row) => JSON.stringify([row.tenant_id, row.scenario_id, row.user_id])));
  const active = [...users].flatMap((user) => {
    const [of, scenario, name] = JSON.parse(user) as [string, string, string];
    const segment = segmentOf(name);
    return segment === undefined
      ? []
      : [`(${[of, scenario, name, segment, encodeURIComponent(of)].map(quoted).join(', ')})`];
  });
  await askTrino(
    url,
    `CREATE TABLE segments AS SELECT * FROM (VALUES ${active.join(', ')}) AS s (tenant_id, scenario_id, user_id, segment, tenant)`,
  );
}

const asText = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map((row) => Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]));
/** Where nulls come first differs, and says nothing. */
const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();

test.skipIf('missing' in found)(
  `every question of the metrics has the same answer from Trino and from DuckDB (skipped: ${'missing' in found ? found.missing : 'never'})`,
  async () => {
    if ('missing' in found) return;
    const rows = generated(5000, { random: randomFrom(5), firstDay: '2026-11-01', days: 6 });
    await fill(found.url, rows);

    for (const question of questions) {
      const source = { table: 'behaviors', segments: 'segments', tenantFolder };
      const sql = textOf(question, { source, scope: question.scope, knownActions: actions });
      const [trino, duck] = [await askTrino(found.url, sql), await askFilesOf(rows, sql)];
      expect(trino.length, sql).toBeGreaterThan(0);
      expect(sorted(asText(trino)), sql).toEqual(sorted(asText(duck)));
    }
  },
);

test('pages of an answer by Trino’s protocol are put together, and what it refuses is an error', async () => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { port } = server.address() as AddressInfo;
    const next = `http://127.0.0.1:${port}/v1/statement/executing/1/2`;
    asked.push(`${request.method} ${request.url} ${request.headers['x-trino-user']} ${await text(request)}`);
    const columns = [{ name: 'n', type: 'bigint' }];
    const pages: Record<string, object> = {
      'POST /v1/statement': asked.at(-1)?.includes('wrong')
        ? { id: '1', error: { message: 'line 1:1: mismatched input', errorName: 'SYNTAX_ERROR' } }
        : { id: '1', nextUri: next },
      'GET /v1/statement/executing/1/2': { id: '1', columns, data: [[1]], nextUri: next.replace('1/2', '1/3') },
      'GET /v1/statement/executing/1/3': { id: '1', columns, data: [[null]] },
    };
    response.end(JSON.stringify(pages[`${request.method} ${request.url}`]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await askTrino(url, 'SELECT n')).toEqual([{ n: 1 }, { n: null }]);
    expect(asked[0]).toBe('POST /v1/statement millrace SELECT n');
    await expect(askTrino(url, 'wrong')).rejects.toThrow('mismatched input');
  } finally {
    server.close();
  }
});
