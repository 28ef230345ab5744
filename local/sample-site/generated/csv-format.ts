import { type Day, partsOf } from '../calendar.ts';

/** All columns a file has ever had, in their order: each generation of the header is a beginning of this list. */
const columns = [
  ['鄉鎮市區', 'The villages and towns urban district'],
  ['交易標的', 'transaction sign'],
  ['土地位置建物門牌', 'land sector position building sector house number plate'],
  ['土地移轉總面積平方公尺', 'land shifting total area square meter'],
  ['都市土地使用分區', 'the use zoning or compiles and checks'],
  ['非都市土地使用分區', 'the non-metropolis land use district'],
  ['非都市土地使用編定', 'non-metropolis land use'],
  ['交易年月日', 'transaction year month and day'],
  ['交易筆棟數', 'transaction pen number'],
  ['移轉層次', 'shifting level'],
  ['總樓層數', 'total floor number'],
  ['建物型態', 'building state'],
  ['主要用途', 'main use'],
  ['主要建材', 'main building materials'],
  ['建築完成年月', 'construction to complete the years'],
  ['建物移轉總面積平方公尺', 'building shifting total area'],
  ['建物現況格局-房', 'Building present situation pattern - room'],
  ['建物現況格局-廳', 'building present situation pattern - hall'],
  ['建物現況格局-衛', 'building present situation pattern - health'],
  ['建物現況格局-隔間', 'building present situation pattern - compartmented'],
  ['有無管理組織', 'Whether there is manages the organization'],
  ['總價元', 'total price NTD'],
  ['單價元平方公尺', 'the unit price (NTD / square meter)'],
  ['車位類別', 'the berth category'],
  ['車位移轉總面積平方公尺', 'berth shifting total area square meter'],
  ['車位總價元', 'the berth total price NTD'],
  ['備註', 'the note'],
  ['編號', 'serial number'],
  ['建案名稱', 'build case'],
  ['棟及號', 'buildings'],
  ['解約情形', 'termination'],
] as const;

/** The Chinese name of a column. */
export type Column = (typeof columns)[number][0];

/** One row before it is written: bare cells in the order of `columns`, joined by commas without any quoting. */
export type Cells = string[];

/** Where each column stands in a row. */
export const place = Object.fromEntries(columns.map(([name], index) => [name, index])) as Record<Column, number>;

/** How the files of one publication look: they grew with the years. */
export interface Layout {
  readonly columns: 28 | 29 | 30 | 31;
  /** The address column was called otherwise at first. */
  readonly addressColumn: '土地位置建物門牌' | '土地區段位置建物區段門牌';
  readonly lineEnd: '\n' | '\r\n';
}

/** The layout of the files of a day: 28 columns in 2019, 29 in 2020, 30 from 2021, 31 from 2024. */
export function layoutOf(date: Day): Layout {
  const { year, month } = partsOf(date);
  return {
    columns: year <= 2019 ? 28 : year === 2020 ? 29 : year <= 2023 ? 30 : 31,
    addressColumn: year === 2019 && month <= 6 ? '土地區段位置建物區段門牌' : '土地位置建物門牌',
    lineEnd: year <= 2019 ? '\n' : '\r\n',
  };
}

/** The Chinese and the English header row, without their line ends. */
export function headerRows(layout: Layout): string[] {
  const present = columns.slice(0, layout.columns);
  const chinese = present.map(([name]) => (name === '土地位置建物門牌' ? layout.addressColumn : name));
  return [chinese.join(','), present.map(([, english]) => english).join(',')];
}

/** What differs from file to file: byte order marks (one as a rule, two or none by accident) and line ends. */
export interface Encoding {
  readonly byteOrderMarks: 0 | 1 | 2;
  readonly lineEnd: '\n' | '\r\n';
}

/** A whole file: marks, the two header rows and the rows, each with its line end. */
export function encode(rows: readonly string[], layout: Layout, encoding: Encoding): Uint8Array {
  const text = [...headerRows(layout), ...rows, ''].join(encoding.lineEnd);
  return Buffer.from('\uFEFF'.repeat(encoding.byteOrderMarks) + text, 'utf8');
}

/** Areas as the files print them: 164.29, 22.8, and 0.0 for a whole number. */
export function areaText(squareMetres: number): string {
  const rounded = Math.round(squareMetres * 100) / 100;
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
}

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'] as const;

/** Whole numbers from 1 to 99 in Chinese: 13 -> 十三, 21 -> 二十一. */
export function chineseNumber(value: number): string {
  const tens = Math.floor(value / 10);
  const ones = DIGITS[value % 10] ?? '';
  return tens === 0 ? ones : `${tens === 1 ? '' : (DIGITS[tens] ?? '')}十${ones}`;
}
