import { columns } from '../../../lambdas/presale/file/columns.ts';
import type { FileRow } from '../../../lambdas/presale/file/file-row.ts';
import { readFile } from '../../../lambdas/presale/file/read-file.ts';

/** A file of our own making in the ministry's format, for tests to bend. */

/** The columns of 2022, in the ministry's order. */
export const sampleHeader =
  '鄉鎮市區,交易標的,土地位置建物門牌,土地移轉總面積平方公尺,都市土地使用分區,非都市土地使用分區,非都市土地使用編定,交易年月日,交易筆棟數,移轉層次,總樓層數,建物型態,主要用途,主要建材,建築完成年月,建物移轉總面積平方公尺,建物現況格局-房,建物現況格局-廳,建物現況格局-衛,建物現況格局-隔間,有無管理組織,總價元,單價元平方公尺,車位類別,車位移轉總面積平方公尺,車位總價元,備註,編號,建案名稱,棟及號';

const names = sampleHeader.split(',');
const english = names.map((_, place) => `column ${place + 1}`).join(',');

const usual: Readonly<Record<string, string>> = {
  鄉鎮市區: '測試區',
  交易標的: '房地(土地+建物)+車位',
  土地位置建物門牌: '新北市測試區一路１號',
  土地移轉總面積平方公尺: '10.5',
  交易年月日: '1110713',
  移轉層次: '十三層',
  總樓層數: '15',
  建物型態: '住宅大樓',
  主要用途: '住家用',
  建物移轉總面積平方公尺: '139.01',
  '建物現況格局-房': '3',
  '建物現況格局-廳': '2',
  '建物現況格局-衛': '2',
  總價元: '11280000',
  單價元平方公尺: '90000',
  車位類別: '坡道平面',
  車位移轉總面積平方公尺: '28.17',
  車位總價元: '1300000',
  編號: 'RPTEST00S1',
  建案名稱: '樣品屋',
};

/** Every cell of a line by its column's name. */
export function sampleCells(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, changes[name] ?? usual[name] ?? '']));
}

/** One line; `changes` by the file's column names. */
export function sampleLine(changes: Readonly<Record<string, string>> = {}): string {
  return names.map((name) => changes[name] ?? usual[name] ?? '').join(',');
}

/** A whole file of these lines, as the ministry sends it: one byte order mark, CRLF. */
export function sampleFile(lines: readonly string[]): Uint8Array {
  return Buffer.from(`\uFEFF${[sampleHeader, english, ...lines].map((line) => `${line}\r\n`).join('')}`);
}

/** Text in another encoding: the inverse of what a decoder reads of every two bytes. */
export function encoded(text: string, encoding: 'big5' | 'gb18030' | 'utf-16le' | 'utf-16be'): Buffer {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const decoder = new TextDecoder(encoding);
  const bytesOf = new Map<string, readonly number[]>();
  for (let lead = 0x81; lead < 0xff; lead += 1)
    for (let trail = 0x40; trail < 0xff; trail += 1) {
      const pair = [lead, trail];
      const character = decoder.decode(Uint8Array.from(pair));
      if (character.length === 1 && !bytesOf.has(character)) bytesOf.set(character, pair);
    }
  return Buffer.from([...text].flatMap((c) => (c < '\u0080' ? [c.charCodeAt(0)] : (bytesOf.get(c) ?? [0x3f]))));
}

/** Bytes as a stream, in chunks of a size. */
export async function* streamed(bytes: Uint8Array, chunkBytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Every row of a file. */
export async function rowsOf(bytes: Uint8Array | string, chunkBytes?: number): Promise<FileRow[]> {
  const rows: FileRow[] = [];
  for await (const batch of readFile(streamed(Buffer.from(bytes), chunkBytes))) rows.push(...batch);
  return rows;
}

/** A good row's value by its column of the deals table. */
export function cellOf(row: FileRow | undefined, field: string): string | number | null | undefined {
  if (row?.state !== 'good') throw new Error(`not a good row: ${JSON.stringify(row)}`);
  return row.values[columns.findIndex((column) => column.field === field)];
}

/** What is wrong with a row, as `column reason`. */
export function reasonsOf(row: FileRow | undefined): string[] {
  if (row?.state !== 'problem') throw new Error(`not a problem row: ${JSON.stringify(row)}`);
  return row.reasons.map(({ column, reason }) => `${column} ${reason}`.trim());
}
