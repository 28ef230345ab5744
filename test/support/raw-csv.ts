/** A second reading of the ministry's format, as simple as can be, to check the real one against. */

export interface RawRow {
  /** Line in the file, the first is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Header names and data rows (without the English second line). No quoting; BOMs and carriage returns fall away. */
export function rawCsv(bytes: Uint8Array): { readonly header: readonly string[]; readonly rows: readonly RawRow[] } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replace(/^\uFEFF+/, '');
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  const header = (lines[0] ?? '').split(',');
  return { header, rows: lines.slice(2).map((line, index) => ({ line: index + 3, cells: line.split(',') })) };
}

/** The sum of a whole-number column over rows; empty is 0. */
export function sumOf(header: readonly string[], rows: readonly RawRow[], column: string): number {
  const at = header.indexOf(column);
  return rows.reduce((sum, { cells }) => sum + Number(cells[at] || 0), 0);
}
