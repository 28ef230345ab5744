import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { actions } from '../../../lambdas/recommender/behavior/actions.ts';
import { dimensions, type Question, topFigures } from '../../../lambdas/recommender/metrics/ports.ts';
import { textOf } from '../../../lambdas/recommender/metrics/questions.ts';
import { pythonWith } from '../../support/python.ts';

const found = await pythonWith('sqlglot');

/** Reads each text as Athena would, and as the stand-in of one machine does; prints what is wrong with which. */
const script = `
import json, sys
import sqlglot
from sqlglot.errors import ErrorLevel
faults = []
for text in json.load(sys.stdin):
    for dialect in ("athena", "trino", "duckdb"):
        try:
            tree = sqlglot.parse_one(text, dialect=dialect, error_level=ErrorLevel.RAISE)
            tables = sorted({table.name for table in tree.find_all(sqlglot.exp.Table)})
            if not tables:
                faults.append([dialect, "names no table", text])
        except Exception as error:
            faults.append([dialect, str(error), text])
json.dump(faults, sys.stdout)
`;

const scope = {
  tenant_id: "o'neill:tw",
  from: '2026-11-01',
  to: '2026-11-30',
  scenario_id: 'feed',
  strategy: "a''b",
  experiment_id: '实验 "1"',
};
const few = { tenant_id: 'shop', from: '2026-11-01', to: '2026-11-30' };
const questions: readonly Exclude<Question, { readonly ask: 'trends' }>[] = [scope, few].flatMap((of) => [
  { ask: 'figures', scope: of, by: [] } as const,
  ...dimensions.map((by) => ({ ask: 'figures', scope: of, by: [by] }) as const),
  { ask: 'figures', scope: of, by: [...dimensions] } as const,
  { ask: 'funnel', scope: of } as const,
  ...topFigures.map((by) => ({ ask: 'top-items', scope: of, by, most: 100 }) as const),
]);

/** What a how-to asks people to try is SQL of Athena as well. */
const documented = [...readFileSync('docs/how-to/read-the-metrics.md', 'utf8').matchAll(/```sql\n(.*?)```/gs)].map(
  ([, text = '']) => text,
);

test.skipIf('missing' in found)(
  `every text that the metrics send is one of Athena (skipped: ${'missing' in found ? found.missing : 'never'})`,
  () => {
    if ('missing' in found) return;
    const source = { table: 'behaviors', segments: 'segments', tenantFolder: "o'neill%3Atw" };
    const texts = [
      ...questions.map((question) => textOf(question, { source, scope: question.scope, knownActions: actions })),
      ...documented,
    ];

    const { stdout, stderr, status } = spawnSync(found.program, ['-c', script], {
      input: JSON.stringify([...texts, 'SELECT FROM WHERE 1 = ']),
      encoding: 'utf8',
    });

    expect(status, stderr).toBe(0);
    // The last one is wrong on purpose: whoever finds nothing there reads nothing.
    const faults = JSON.parse(stdout) as string[][];
    expect(faults.filter(([, , text]) => text?.startsWith('SELECT FROM'))).not.toEqual([]);
    expect(faults.filter(([, , text]) => !text?.startsWith('SELECT FROM'))).toEqual([]);
    expect(documented).toHaveLength(1);
  },
);
