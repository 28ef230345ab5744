import { columns } from '../file/columns.ts';
import type { DealValue, FileRow } from '../file/file-row.ts';

/** The deal's columns of the staging table, in the order of {@link copyText}. */
export const dealFields = columns.map(({ field }) => field);

/** The staging table's columns: a good row has no raw, a problem row has nothing but. */
export const stagedFields = ['line_number', ...dealFields, 'raw', 'reasons'] as const;

const none = '\\N';
const noDeal = `\t${none}`.repeat(dealFields.length);

/** Rows in PostgreSQL's COPY text format: tabs between, backslash before what would end a field. */
export function copyText(rows: readonly FileRow[]): string {
  let text = '';
  for (const row of rows) {
    text += String(row.line);
    if (row.state === 'good') {
      for (const value of row.values) text += `\t${copyField(value)}`;
      text += `\t${none}\t${none}\n`;
    } else {
      text += `${noDeal}\t${copyField(JSON.stringify(row.raw))}\t${copyField(JSON.stringify(row.reasons))}\n`;
    }
  }
  return text;
}

function copyField(value: DealValue): string {
  if (typeof value === 'string') return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, escapeOf) : value;
  return value === null ? none : String(value);
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeOf(character: string): string {
  return escapes[character] ?? character;
}
