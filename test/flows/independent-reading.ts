import { textLimits } from '../../lambdas/presale/file/columns.ts';
import { type RawRow, rawCsv } from '../support/raw-csv.ts';

/** A deal by the columns of presale.deals. */
export type Deal = Readonly<Record<string, string | number>>;

/** What a file holds by the rules of the specification, worked out apart from the loader. */
export interface Judged {
  /** Good rows by serial number, in the order of the serial numbers. */
  readonly deals: readonly Deal[];
  /** Line -> the wrong columns by their Chinese names; '' is the whole row. */
  readonly problems: Readonly<Record<number, readonly string[]>>;
  readonly rows: number;
}

const texts = {
  district: '鄉鎮市區',
  transaction_target: '交易標的',
  floor_text: '移轉層次',
  main_use: '主要用途',
  building_type: '建物型態',
  note: '備註',
  project_name: '建案名稱',
  unit: '棟及號',
  termination: '解約情形',
  parking_type: '車位類別',
  location: '土地位置建物門牌',
} as const;
const amounts = { price_twd: '總價元', unit_price_twd_per_m2: '單價元平方公尺', parking_price_twd: '車位總價元' };
const areas = {
  land_area_m2: '土地移轉總面積平方公尺',
  building_area_m2: '建物移轉總面積平方公尺',
  parking_area_m2: '車位移轉總面積平方公尺',
};
const layout = { rooms: '建物現況格局-房', living_rooms: '建物現況格局-廳', bathrooms: '建物現況格局-衛' };

/** The columns that a comparison selects. */
export const dealColumns: readonly string[] = [
  'serial_number',
  'transaction_date',
  ...[texts, amounts, areas, layout].flatMap((columns) => Object.keys(columns)),
];

/** Judges every row of a file. */
export function judged(bytes: Uint8Array): Judged {
  const { header, rows } = rawCsv(bytes);
  const deals = new Map<string, Deal>();
  const problems: Record<number, readonly string[]> = {};
  for (const row of rows) {
    const read = row.cells.length === header.length ? readDeal(header, row) : [''];
    if (Array.isArray(read)) problems[row.line] = read;
    else {
      const deal = read as Deal;
      const serial = String(deal.serial_number);
      const first = deals.get(serial);
      if (first === undefined) deals.set(serial, deal);
      else if (JSON.stringify(first) !== JSON.stringify(deal)) problems[row.line] = ['編號'];
    }
  }
  const sorted = [...deals].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, deal]) => deal);
  return { deals: sorted, problems, rows: rows.length };
}

function readDeal(header: readonly string[], { cells }: RawRow): Deal | string[] {
  const cell = (name: string) => {
    const at = header.indexOf(name);
    const old = name === texts.location ? header.indexOf('土地區段位置建物區段門牌') : -1;
    return cells[at < 0 ? old : at] ?? '';
  };
  const deal: Record<string, string | number> = {};
  const wrong = new Set<string>();
  const keep = (field: string, name: string, value: string | number | undefined) => {
    if (value === undefined) wrong.add(name);
    else deal[field] = value;
  };
  keep('serial_number', '編號', /^RP[0-9A-Z]{8,30}$/.exec(cell('編號').trim())?.[0]);
  keep('transaction_date', '交易年月日', dateOf(cell('交易年月日').trim()));
  for (const [field, name] of Object.entries(texts)) {
    const limit = textLimits[field as keyof typeof textLimits];
    const text = [...cell(name)].map((character) => (isStorable(character) ? character : '\uFFFD'));
    keep(field, name, text.length <= limit ? text.join('') : undefined);
  }
  for (const [field, name] of Object.entries(amounts)) {
    keep(field, name, numberOf(cell(name).trim() || '0', Number.isSafeInteger, /^\+?\d+$/));
  }
  for (const [field, name] of Object.entries(areas)) {
    keep(field, name, numberOf(cell(name).trim() || '0', Number.isFinite, /^\+?[\d.]+$/));
  }
  for (const [field, name] of Object.entries(layout)) {
    keep(
      field,
      name,
      numberOf(cell(name).trim(), (value) => value < 10, /^\+?\d+$/),
    );
  }
  return wrong.size > 0 ? [...wrong] : deal;
}

/** By XML 1.0's own list of characters, which is narrower than PostgreSQL's. */
function isStorable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return [0x9, 0xa, 0xd].includes(code) || (code >= 0x20 && code !== 0xfffe && code !== 0xffff);
}

function numberOf(text: string, fits: (value: number) => boolean, form: RegExp): number | undefined {
  return form.test(text) && fits(Number(text)) ? Number(text) : undefined;
}

/** 1110713 -> 2022-07-13, by the platform's own calendar. */
function dateOf(text: string): string | undefined {
  if (!/^\d{6,7}$/.test(text)) return undefined;
  const [year, month, day] = [Number(text.slice(0, -4)) + 1911, Number(text.slice(-4, -2)), Number(text.slice(-2))];
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year > 1911;
  return real ? date.toISOString().slice(0, 10) : undefined;
}
