import { copyLine } from '#kit/text/copy-text.ts';
import { columns } from '../../file/columns.ts';
import type { FileRow } from '../../file/file-row.ts';

/** The deal's columns of the staging table, in the order of {@link copyText}. */
export const dealFields = columns.map(({ field }) => field);

/** The staging table's columns: a good row has no raw, a problem row has nothing but. */
export const stagedFields = ['line_number', ...dealFields, 'raw', 'reasons'] as const;

const noDeal = dealFields.map(() => null);

/** Rows of a file as the staging table takes them. */
export function copyText(rows: readonly FileRow[]): string {
  let text = '';
  for (const row of rows)
    text += copyLine(
      row.state === 'good'
        ? [row.line, ...row.values, null, null]
        : [row.line, ...noDeal, JSON.stringify(row.raw), JSON.stringify(row.reasons)],
    );
  return text;
}
