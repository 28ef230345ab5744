import { expect, test } from 'vitest';
import { countyGrid, type GridRun } from '../../../packages/console/src/pages/presale/county-grid.ts';

type Result = GridRun['results'][number];

const result = (county: string, more: Partial<Result>): Result => ({
  county,
  state: 'loaded',
  good: 5,
  problems: 0,
  reason: null,
  ...more,
});

test('each county that any run has is a row, each run a column, the oldest first; gaps stay gaps', () => {
  const { names, rows } = countyGrid([
    {
      name: '115S4',
      publication_date: '2026-11-30',
      results: [result('臺北市', { problems: 2 }), result('連江縣', { state: 'empty', good: 0 })],
    },
    {
      name: '2026-11-21',
      publication_date: '2026-11-21',
      results: [result('臺北市', { state: 'failed', good: 0, reason: 'Away' })],
    },
  ]);

  expect(names).toEqual(['2026-11-21', '115S4']);
  expect(rows).toEqual([
    {
      county: '臺北市',
      cells: [
        { look: 'failed', good: 0, problems: 0, reason: 'Away', publication: '2026-11-21' },
        { look: 'partial', good: 5, problems: 2, reason: null, publication: '2026-11-30' },
      ],
    },
    {
      county: '連江縣',
      cells: [undefined, { look: 'planned', good: 0, problems: 0, reason: null, publication: '2026-11-30' }],
    },
  ]);
});

test('what was read before and is the same counts as loaded', () => {
  const run = { name: 'n', publication_date: 'd', results: [result('臺北市', { state: 'unchanged' })] };

  expect(countyGrid([run]).rows[0]?.cells[0]?.look).toBe('succeeded');
  expect(countyGrid([])).toEqual({ names: [], rows: [] });
});
