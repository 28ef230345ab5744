import { expect, test } from 'vitest';
import { picturesOf, tablesOf } from '../../../packages/console/src/pages/tasks/result-shape.ts';

const png = `iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==`;

test('pictures are found wherever a result has them, as an address or as a file', () => {
  const result = { chart: `data:image/svg+xml;utf8,<svg/>`, pages: [{ scan: png }, { scan: 'no picture' }] };

  expect(picturesOf(result)).toEqual([
    { name: 'chart', src: 'data:image/svg+xml;utf8,<svg/>' },
    { name: 'pages.0.scan', src: `data:image/png;base64,${png}` },
  ]);
  expect(picturesOf(png)).toEqual([{ name: '', src: `data:image/png;base64,${png}` }]);
});

test.for([
  // Another host and a script's address are no pictures of the result.
  'https://elsewhere.example/a.png',
  'data:text/html,<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  'data:image/png<script>',
  'iVBORw0KGgo',
  `iVBORw0KGgo ${'words, not base64! '.repeat(10)}`,
  '',
])('%j is shown as text', (text) => expect(picturesOf({ text })).toEqual([]));

test('no result makes more pictures than a page can show', () => {
  expect(picturesOf(Array.from({ length: 500 }, () => png))).toHaveLength(20);
});

test('a list of objects is a table of all their columns, whole or as a part of the result', () => {
  const rows = [
    { word: 'two', count: 2 },
    { word: 'one', places: [1, 3] },
  ];
  const table = {
    columns: ['word', 'count', 'places'],
    rows: [
      ['two', '2', ''],
      ['one', '', '[1,3]'],
    ],
  };

  expect(tablesOf(rows)).toEqual([{ name: '', ...table }]);
  expect(tablesOf({ rows, total: 2 })).toEqual([{ name: 'rows', ...table }]);
});

test('an object of numbers is a table of names and values', () => {
  expect(tablesOf({ words: { two: 2, one: 1 } })).toEqual([
    {
      name: 'words',
      columns: [],
      rows: [
        ['two', '2'],
        ['one', '1'],
      ],
    },
  ]);
});

test.for([null, undefined, 'text', 7, [], {}, [1, 2], [{ a: 1 }, 2], { a: 1 }, { a: 'x', b: 2 }])(
  '%j is no table',
  (result) => expect(tablesOf(result)).toEqual([]),
);

test('a long list is cut', () => {
  const [table] = tablesOf(Array.from({ length: 5000 }, (_, n) => ({ n })));

  expect(table?.rows).toHaveLength(200);
});
