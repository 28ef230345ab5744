import { amountCell, areaCell, dateCell, type Fault, floorCell, roomsCell, serialCell, textCell } from './cells.ts';
import type { DealValue } from './file-row.ts';
import { remembering } from './remembering.ts';

/** The most characters of each text column; the migration makes the columns of these sizes. */
export const textLimits = {
  serial_number: 64,
  district: 32,
  transaction_target: 64,
  location: 500,
  floor_text: 100,
  main_use: 100,
  building_type: 100,
  note: 2000,
  project_name: 200,
  unit: 500,
  termination: 200,
  parking_type: 64,
} as const;

/** Where a value of a deal comes from. */
export interface Column {
  /** The column of the deals table. */
  readonly field: string;
  /** The names the ministry has given it over the years, the present one first. */
  readonly names: readonly [string, ...string[]];
  readonly read: (cell: string) => DealValue | Fault;
  /** A file without it is one from before the column existed; its rows have ''. */
  readonly optional?: true;
}

function text(field: keyof typeof textLimits, ...names: [string, ...string[]]): Column {
  return { field, names, read: textCell(textLimits[field]) };
}

/** The file's columns, in the order of the deals table. One file column may give two values (移轉層次). */
export const columns: readonly Column[] = [
  { field: 'serial_number', names: ['編號'], read: serialCell },
  text('district', '鄉鎮市區'),
  text('transaction_target', '交易標的'),
  text('location', '土地位置建物門牌', '土地區段位置建物區段門牌'),
  { field: 'transaction_date', names: ['交易年月日'], read: remembering(dateCell) },
  text('floor_text', '移轉層次'),
  { field: 'floor', names: ['移轉層次'], read: remembering(floorCell) },
  { field: 'total_floors', names: ['總樓層數'], read: remembering(floorCell) },
  text('main_use', '主要用途'),
  text('building_type', '建物型態'),
  { field: 'land_area_m2', names: ['土地移轉總面積平方公尺'], read: areaCell },
  { field: 'building_area_m2', names: ['建物移轉總面積平方公尺'], read: areaCell },
  { field: 'parking_area_m2', names: ['車位移轉總面積平方公尺'], read: areaCell },
  { field: 'rooms', names: ['建物現況格局-房'], read: roomsCell },
  { field: 'living_rooms', names: ['建物現況格局-廳'], read: roomsCell },
  { field: 'bathrooms', names: ['建物現況格局-衛'], read: roomsCell },
  text('note', '備註'),
  { ...text('project_name', '建案名稱'), optional: true },
  { ...text('unit', '棟及號'), optional: true },
  { ...text('termination', '解約情形'), optional: true },
  { field: 'price_twd', names: ['總價元'], read: amountCell },
  { field: 'unit_price_twd_per_m2', names: ['單價元平方公尺'], read: amountCell },
  text('parking_type', '車位類別'),
  { field: 'parking_price_twd', names: ['車位總價元'], read: amountCell },
];

/** The file's own names of the columns that problem rows speak of. */
export const dateColumn = '交易年月日';
export const serialColumn = '編號';
