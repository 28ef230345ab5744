import { type WriteSheet, writeXlsx } from 'hucre/xlsx';
import { platformNamed } from '../../platforms/index.ts';
import type { PlatformName } from '../../platforms/names.ts';
import type { Counted, StageAnalysis } from '../analysis.ts';
import { cellText } from './cell-text.ts';
import { sheetLimits } from './sheet.ts';

const topWords = 500;
/** Bars that a chart has room for. */
const barsShown = 30;
/** The workbook has no time of its own: the same rows give the same bytes. */
const noTime = new Date('2000-01-01T00:00:00Z');

/** The workbook keyword_analysis.xlsx. */
export async function analysisWorkbook(
  analysis: StageAnalysis,
  platforms: readonly PlatformName[],
): Promise<Uint8Array> {
  const sheets = [
    levelSheet(analysis, platforms),
    trendSheet(analysis),
    accountSheet(analysis),
    countSheet('内容词频', '词', analysis.topWords(topWords)),
    countSheet('标签词频', '标签', analysis.topTags(topWords)),
  ];
  const note = analysis.articles === 0 ? ['本阶段没有采到文章'] : undefined;
  return writeXlsx({
    properties: { created: noTime, modified: noTime },
    sheets: sheets.map((sheet) => ({
      ...sheet,
      rows: note ? [...(sheet.rows ?? []), note] : (sheet.rows ?? []),
      cells: new Map(sheet.rows?.[0]?.map((_, column) => [`0,${column}`, { style: { font: { bold: true } } }])),
      freezePane: { rows: 1 },
      pageSetup: { orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
    })),
  });
}

function levelSheet(analysis: StageAnalysis, platforms: readonly PlatformName[]): WriteSheet {
  const levels = analysis.levels();
  const titles = platforms.map((name) => platformNamed(name).title);
  const rows = levels.map(({ level, of }) => [level, of(), ...platforms.map((name) => of(name))]);
  return {
    name: 'kol级别分布',
    columns: [{ width: 14 }, { width: 12 }],
    rows: [['kol级别', '用户数', ...titles], ...rows],
    charts: chartOf(levels.length, { type: 'pie', title: 'kol级别分布', column: platforms.length + 3 }),
  };
}

/** Days and months beside each other, each with its chart. */
function trendSheet(analysis: StageAnalysis): WriteSheet {
  const [days, months] = [analysis.days(), analysis.months()];
  const rows = days.map(({ word, count }, index) => {
    const month = months[index];
    return [word, count, ...(month ? [null, month.word, month.count] : [])];
  });
  return {
    name: '发文趋势',
    columns: [{ width: 14 }, { width: 10 }, { width: 4 }, { width: 12 }, { width: 10 }],
    rows: [['日期', '发文数', null, '月份', '发文数'], ...rows],
    charts: [
      ...chartOf(days.length, { type: 'line', title: '发文趋势（日）', column: 6 }),
      ...chartOf(months.length, { type: 'column', title: '发文趋势（月）', column: 6, row: 18, from: 3 }),
    ],
  };
}

function accountSheet(analysis: StageAnalysis): WriteSheet {
  const accounts = analysis.accounts().slice(0, sheetLimits.rows - 1);
  const rows = accounts.map(({ platform, name, id, count, level }) => [
    cellText(name),
    count,
    platformNamed(platform).title,
    cellText(id),
    level,
  ]);
  return {
    name: '发文频次',
    columns: [{ width: 24 }, { width: 10 }, { width: 10 }, { width: 24 }, { width: 12 }],
    rows: [['用户名', '发文数', '平台', '用户id', 'kol级别'], ...rows],
    charts: chartOf(accounts.length, { type: 'bar', title: '发文最多的账号', column: 6 }),
  };
}

function countSheet(name: string, header: string, counted: readonly Counted[]): WriteSheet {
  return {
    name,
    columns: [{ width: 24 }, { width: 10 }],
    rows: [[header, '次数'], ...counted.map(({ word, count }) => [cellText(word), count])],
    charts: chartOf(counted.length, { type: 'bar', title: name, column: 3 }),
  };
}

interface ChartPlace {
  readonly type: 'pie' | 'line' | 'column' | 'bar';
  readonly title: string;
  /** Where it stands. */
  readonly column: number;
  readonly row?: number;
  /** The column of its categories, whose values stand to the right of them. @default 0 */
  readonly from?: number;
}

/** A chart over the first rows of data; none where there are none. */
function chartOf(
  rows: number,
  { type, title, column, row = 1, from = 0 }: ChartPlace,
): NonNullable<WriteSheet['charts']> {
  if (rows === 0) return [];
  const last = type === 'bar' ? Math.min(rows, barsShown) : rows;
  const letter = (index: number) => String.fromCharCode(65 + index);
  const range = (index: number) => `${letter(index)}2:${letter(index)}${last + 1}`;
  // A bar each needs a line of its own.
  const height = type === 'bar' ? Math.max(15, last) : 16;
  return [
    {
      type,
      title,
      series: [{ name: title, categories: range(from), values: range(from + 1) }],
      anchor: { from: { row, col: column }, to: { row: row + height, col: column + 9 } },
      // Bars and lines that do not begin at nothing mislead; the most frequent one stands on top.
      ...(type === 'pie' ? {} : { axes: { x: { reverse: type === 'bar' }, y: { scale: { min: 0 } } } }),
      legend: type === 'pie' ? 'right' : false,
      ...(type === 'pie' ? { dataLabels: { showPercent: true } } : {}),
    },
  ];
}
