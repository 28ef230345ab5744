import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { strFromU8, unzipSync } from 'fflate';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../../lambdas/briefs/export/workbook/column.ts';
import { type SheetLimits, sheetLimits } from '../../../../lambdas/briefs/export/workbook/sheet.ts';
import { writeWorkbook } from '../../../../lambdas/briefs/export/workbook/workbook.ts';
import { hasOffice, hasOpenpyxl, readByOpenpyxl } from './other-readers.ts';

interface Row {
  readonly text?: string | null;
  readonly link?: string | null;
  readonly number?: number | null;
  readonly time?: Date | null;
}

const columns: readonly Column<Row>[] = [
  { header: '文本', kind: 'text', value: ({ text }) => text ?? null },
  { header: '链接', kind: 'link', value: ({ link }) => link ?? null },
  { header: '数', kind: 'number', value: ({ number }) => number ?? null },
  { header: '时间', kind: 'time', value: ({ time }) => time ?? null },
];

async function workbookOf(rows: readonly Row[], limits: SheetLimits = sheetLimits): Promise<Buffer> {
  let file = Buffer.of();
  await writeWorkbook(
    (workbook) => workbook.sheet('微信', columns, [rows.slice(0, 3), rows.slice(3)]),
    async (bytes) => {
      file = Buffer.concat(await Array.fromAsync(bytes));
    },
    limits,
  );
  return file;
}

async function readBack(rows: readonly Row[]) {
  const { sheets } = await readXlsx(await workbookOf(rows));
  return sheets[0]?.rows.slice(1) ?? [];
}

const partOf = (file: Buffer, name: string) => strFromU8(unzipSync(file)[name] ?? new Uint8Array());

describe('cells', () => {
  test('numbers are numbers, times are the time in Shanghai, and what is unknown is empty', async () => {
    const time = new Date('2026-11-28T16:30:05Z');

    expect(await readBack([{ text: 'a', number: 12_345, time }, { number: 0 }])).toEqual([
      ['a', null, 12_345, new Date('2026-11-29T00:30:05Z')],
      [null, null, 0, null],
    ]);
  });

  test.each(['=1+1', '+86 138', '-5', '@SUM(A1)', '=HYPERLINK("http://x","y")', "'=1", '\t=1', '＝1'])(
    '%j stays text',
    async (text) => {
      const file = await workbookOf([{ text }]);

      expect(await readBack([{ text }])).toEqual([[text, null, null, null]]);
      expect(partOf(file, 'xl/worksheets/sheet1.xml')).not.toContain('<f>');
    },
  );

  test('a link that begins like a formula is text', async () => {
    expect(await readBack([{ link: '=cmd' }])).toEqual([[null, '=cmd', null, null]]);
  });

  test('control characters, halves of pairs and noncharacters do not break the file', async () => {
    const text = 'a\u0000b\u0008c\ud800d\udc00e\ufffef\uffffg\u001bh\r\ni\rj\tk\u{1f600}]]>&amp;<b>"\'';

    expect(await readBack([{ text }])).toEqual([
      ['abc\ufffdd\ufffdefgh\ni\nj\tk\u{1f600}]]>&amp;<b>"\'', null, null, null],
    ]);
  });

  test('a text that looks like an escape of Excel is written so that Excel shows it', async () => {
    const xml = partOf(await workbookOf([{ text: '_x0041_ _xZZZZ_' }]), 'xl/worksheets/sheet1.xml');

    expect(xml).toContain('>_x005F_x0041_ _xZZZZ_<');
  });

  test.each([
    [32_767, false],
    [32_768, true],
    [100_000, true],
  ])('of %i characters none is lost unless it is said (%s)', async (length, isCut) => {
    const [[text = ''] = []] = (await readBack([{ text: '字'.repeat(length) }])) as string[][];

    expect(text.length).toBeLessThanOrEqual(32_767);
    expect(text.includes(`原文共${length}字`)).toBe(isCut);
    expect(text.replace(/^字+/, '') === '').toBe(!isCut);
  });

  test('a cut leaves no half of a pair', async () => {
    const [[text = ''] = []] = (await readBack([{ text: '\u{1f600}'.repeat(20_000) }])) as string[][];

    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toContain('\ufffd');
  });

  test('infinities and numbers that are none stay empty', async () => {
    expect(await readBack([{ number: Number.POSITIVE_INFINITY }, { number: Number.NaN, text: 'x' }])).toEqual([
      [null, null, null, null],
      ['x', null, null, null],
    ]);
  });
});

describe('links', () => {
  const linksOf = (file: Buffer) =>
    [...partOf(file, 'xl/worksheets/_rels/sheet1.xml.rels').matchAll(/Target="([^"]*)"/g)].map(([, target]) => target);

  test('lead where the text says, with what stands after # beside it', async () => {
    const file = await workbookOf([{ link: 'https://a.example/文?q=1&r="2"#顶' }]);

    expect(linksOf(file)).toEqual(['https://a.example/%E6%96%87?q=1&amp;r=%222%22']);
    expect(partOf(file, 'xl/worksheets/sheet1.xml')).toContain('location="%E9%A1%B6"');
    expect((await readBack([{ link: 'https://a.example/x' }]))[0]?.[1]).toBe('https://a.example/x');
  });

  test.each(['javascript:alert(1)', 'no address', 'https://', `https://a.example/${'x'.repeat(2100)}`, 'file:///etc'])(
    'what is no address of the web, or none of Excel, is text (%#)',
    async (link) => {
      expect(linksOf(await workbookOf([{ link }]))).toEqual([]);
      expect((await readBack([{ link }]))[0]?.[1]).toBe(link);
    },
  );

  test('beyond those that Excel takes of a sheet are text', async () => {
    const rows = Array.from({ length: 65_532 }, (_, index) => ({ link: `https://a.example/${index}` }));
    const file = await workbookOf(rows);

    expect(linksOf(file).length).toBe(65_530);
    const { sheets } = await readXlsx(file);
    expect(sheets[0]?.rows.at(-1)).toEqual([null, 'https://a.example/65531', null, null]);
  });
});

describe('sheets', () => {
  const rows = (many: number) => Array.from({ length: many }, (_, index) => ({ number: index }));
  const sizes = async (many: number) => {
    const { sheets } = await readXlsx(await workbookOf(rows(many), { rows: 11, links: 10 }));
    return sheets.map((sheet) => [sheet.name, sheet.rows.length - 1]);
  };

  test('are as many as the rows need, each with the headers', async () => {
    expect(await sizes(25)).toEqual([
      ['微信', 10],
      ['微信 (2)', 10],
      ['微信 (3)', 5],
    ]);
    expect(await sizes(20)).toEqual([
      ['微信', 10],
      ['微信 (2)', 10],
    ]);
    expect(await sizes(0)).toEqual([['微信', 0]]);
  });

  test('hold a row less than Excel has, for the headers', () => {
    expect(sheetLimits.rows).toBe(2 ** 20);
  });

  test('have the same bytes for the same rows', async () => {
    expect(await workbookOf(rows(25))).toEqual(await workbookOf(rows(25)));
  });

  test('fail with whoever reads them, and with what makes their rows', async () => {
    const gone = writeWorkbook(
      (workbook) => workbook.sheet('a', columns, [rows(10_000)]),
      async () => {
        throw new Error('no room');
      },
    );
    const broken = writeWorkbook(
      (workbook) =>
        workbook.sheet(
          'a',
          columns,
          (async function* () {
            yield rows(3);
            throw new Error('no more rows');
          })(),
        ),
      async (bytes) => void (await Array.fromAsync(bytes)),
    );

    await expect(gone).rejects.toThrow('no room');
    await expect(broken).rejects.toThrow('no more rows');
  });
});

const hostile: readonly Row[] = [
  { text: '=1+1', link: 'https://a.example/1#x', number: 5, time: new Date('2026-11-28T16:30:05Z') },
  { text: 'a\u0000\ud800<&>\u{1f600}', link: 'javascript:x', number: -2 },
  { text: '字'.repeat(40_000) },
];

test.skipIf(!hasOpenpyxl)('openpyxl reads the same (skipped where Python has no openpyxl)', async () => {
  const [sheet] = await readByOpenpyxl(await workbookOf(hostile));

  expect(sheet?.rows.slice(1, 3)).toEqual([
    ['=1+1', 'https://a.example/1#x', 5, '2026-11-29T00:30:05'],
    ['a\ufffd<&>\u{1f600}', 'javascript:x', -2, null],
  ]);
  expect(sheet?.links).toEqual({ B2: 'https://a.example/1' });
  expect(sheet?.formulas).toBe(0);
});

test.skipIf(!hasOffice)('LibreOffice opens it (skipped where there is none)', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  try {
    await writeFile(path.join(folder, 'a.xlsx'), await workbookOf(hostile.slice(0, 2)));
    const home = `-env:UserInstallation=file://${folder}/home`;
    await promisify(execFile)('soffice', [
      home,
      '--headless',
      '--convert-to',
      'csv:Text - txt - csv (StarCalc):44,34,76',
      '--outdir',
      folder,
      `${folder}/a.xlsx`,
    ]);

    expect(await readFile(path.join(folder, 'a.csv'), 'utf8')).toMatch(
      /^文本,链接,数,时间\n=1\+1,https:\/\/a\.example\/1#x,5,2026-11-29 00:30:05\n/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
